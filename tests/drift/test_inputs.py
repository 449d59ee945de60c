"""Whether what people write has changed, and what of it."""

import random

import pytest

from tailllm.drift.inputs import Inputs, Share, inputs
from tailllm.novelty.index import NoveltyIndex
from tests.requests import KNOWN, requests

N = 300


def corpus() -> NoveltyIndex:
    index = NoveltyIndex()
    for number, text in enumerate(requests(random.Random(0), 40)):
        index.add(str(number), text)
    return index


def compared(seed: int, change: float = 0.0, kind: str = "gas") -> Inputs:
    rng = random.Random(seed)
    current = requests(rng, N)
    some = int(N * change)
    if kind == "gas":
        current[:some] = requests(rng, some, ("gas",))
    elif kind == "shouting":
        current[:some] = map(str.upper, current[:some])
    elif kind == "everything":
        current[:some] = requests(rng, some, (*KNOWN, "gas"))
    return inputs(requests(rng, 4 * N), current, corpus())


@pytest.mark.parametrize(
    ("windows", "most"),
    [(8, 0), pytest.param(100, 3, marks=[pytest.mark.long, pytest.mark.timeout(300)])],
)
def test_where_nothing_changed_hardly_anything_is_said(windows: int, most: int) -> None:
    alarms = sum(bool(compared(seed).findings) for seed in range(windows))

    assert alarms <= most


def test_one_new_thing_is_named_by_its_word_with_calls_to_look_at() -> None:
    found = [compared(seed, 0.06) for seed in range(5)]

    for one in found:
        terms = [finding for finding in one.findings if finding.kind == "term"]
        assert any("gas" in finding.name for finding in terms)
        assert all(0 <= place < 18 for finding in terms[:1] for place in finding.examples)


def test_shouting_is_a_change_though_every_word_is_known() -> None:
    kinds = {(one.kind, one.name) for one in compared(1, 0.05, "shouting").findings}

    assert kinds == {("style", "in capitals")}


def test_a_new_kind_of_request_is_one_the_corpus_is_blind_for() -> None:
    found = compared(1, 0.3)

    assert found.blind_after.part > found.blind_before.part
    assert any(one.kind == "novelty" for one in found.findings)


@pytest.mark.parametrize(("before", "after"), [(99, 400), (400, 99), (0, 0)])
def test_too_little_is_said_to_be_too_little(before: int, after: int) -> None:
    rng = random.Random(1)
    found = inputs(requests(rng, before), requests(rng, after, ("gas",)), corpus())

    assert not found.enough
    assert found.findings == ()


def test_without_a_corpus_words_and_styles_are_compared_all_the_same() -> None:
    rng = random.Random(1)
    current = requests(rng, 280) + requests(rng, 20, ("gas",))
    found = inputs(requests(rng, 4 * N), current, NoveltyIndex())

    assert {one.kind for one in found.findings} == {"term"}
    assert found.blind_after == Share(300, 300)


def test_a_share_says_between_what_it_lies() -> None:
    low, high = Share(5, 100).interval

    assert (round(low, 3), round(high, 3)) == (0.022, 0.112)
    assert Share(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize("read", [0, 200])
def test_cases_made_of_the_weeks_before_do_not_make_this_week_look_new(read: int) -> None:
    rng = random.Random(6)
    numbers = rng.sample(range(1000, 9999), 1500)
    texts = [f"{text} {n}" for n, text in zip(numbers, requests(rng, 1500), strict=True)]
    before, now = texts[:1200], texts[1200:]
    index = corpus()
    for text in before[:read]:
        index.add(text, text)

    assert inputs(before, now, index).findings == ()


def test_a_week_in_which_every_message_is_a_case_is_compared_all_the_same() -> None:
    texts = requests(random.Random(7), 3 * N)
    index = corpus()
    for text in set(texts):
        index.add(text, text)

    assert inputs(texts[:N], texts[N:], index).enough
