"""What of the traffic no case is near, and which cases stand for nothing."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.drift.blind import TYPICAL, blind_spots
from tailllm.novelty.clusters import FEWEST, clusters
from tests.requests import KNOWN, requests


def cases(number: int = 120) -> dict[str, str]:
    return {f"case-{n}": text for n, text in enumerate(requests(random.Random(0), number))}


def test_a_kind_nobody_has_a_case_for_is_named_and_its_typical_calls_are_of_it() -> None:
    rng = random.Random(1)
    texts = requests(rng, 200)
    texts[40:80] = requests(rng, 40, ("gas",))
    found = blind_spots(texts, cases())

    assert "gas" in " ".join(found.spots[0].terms)
    assert len(found.spots[0].typical) <= TYPICAL
    assert all("gas" in texts[place] for spot in found.spots for place in spot.typical)
    assert found.share.of == 200
    assert found.share.part == sum(one.messages for one in found.spots) + found.scattered


def test_what_the_corpus_covers_is_no_blind_spot() -> None:
    found = blind_spots(requests(random.Random(2), 200), cases())

    assert found.spots == ()
    assert found.share.part <= 10


def test_what_is_shown_of_a_group_says_it_in_as_many_ways_as_there_are() -> None:
    texts = [*["the gas bottle leaks"] * 30, "gas for the grill", "is gas dangerous"]
    (found,) = clusters(texts, texts + requests(random.Random(6), 100))

    assert len({texts[place] for place in found.places[:3]}) == 3


def test_cases_that_stand_for_nothing_any_more_are_named_and_no_others() -> None:
    old = {"telex": "my telex machine ran out of punched tape", "fax": "fax rolls for the office"}
    found = blind_spots(requests(random.Random(3), 300), cases(40) | old)

    assert set(found.idle) == {"telex", "fax"}


def test_without_a_case_all_is_blind_and_without_a_message_nothing_is_said_of_any() -> None:
    texts = requests(random.Random(4), 60, (*KNOWN, "gas"))

    assert blind_spots(texts, {}).share == (60, 60)
    assert blind_spots([], cases()).share == (0, 0)
    assert blind_spots([], {"one": "where is it"}).idle == ("one",)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(requests(random.Random(5), 40, (*KNOWN, "gas"))), max_size=60))
def test_a_message_is_in_one_group_at_most_and_holds_its_first_term(texts: list[str]) -> None:
    found = clusters(texts, texts)
    places = [place for one in found for place in one.places]

    assert len(places) == len(set(places))
    assert all(len(one.places) >= FEWEST for one in found)
    for one in found:
        for place in one.places:
            assert set(one.terms[0].split()) <= set(texts[place].split())
