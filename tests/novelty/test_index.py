"""How new a message is to a corpus, by its wording."""

import random

import pytest

from tailllm.novelty.features import LOOKED_AT
from tailllm.novelty.index import NoveltyIndex
from tests.requests import requests


@pytest.fixture
def index() -> NoveltyIndex:
    index = NoveltyIndex()
    for number, text in enumerate(requests(random.Random(1), 60)):
        index.add(f"case-{number}", text)
    return index


def test_what_the_corpus_holds_is_old_and_its_nearest_case_is_named(index: NoveltyIndex) -> None:
    index.add("mine", "does the wheelbarrow come with a spare tyre")
    score = index.score("Does the wheelbarrow come with a spare tyre?")

    assert score.nearest == "mine"
    assert score.likeness == pytest.approx(1.0)


def test_the_unknown_scores_above_the_known(index: NoveltyIndex) -> None:
    rng = random.Random(2)
    known = [index.score(text).novelty for text in requests(rng, 100)]
    new = [index.score(text).novelty for text in requests(rng, 100, ("gas",))]
    above = sum(one > other for one in new for other in known) / (len(new) * len(known))

    assert above > 0.95


def test_a_typing_error_makes_nothing_unknown(index: NoveltyIndex) -> None:
    wrong, strange = index.score("were is my parcl now"), index.score("quarterly tax forecast")

    assert wrong.novelty < strange.novelty
    assert wrong.nearest is not None


@pytest.mark.parametrize(
    ("case", "same", "other"),
    [
        ("我的包裹在哪里", "我的包裹到了吗", "怎么给无花果浇水"),
        ("荷物はどこですか", "荷物はまだですか", "オリーブの育て方"),
        ("где моя посылка", "моя посылка пришла", "как поливать инжир"),
    ],
)
def test_every_script_is_compared(case: str, same: str, other: str) -> None:
    index = NoveltyIndex()
    index.add("it", case)

    assert index.score(same).likeness > index.score(other).likeness


@pytest.mark.parametrize("text", ["", "?!", "\x00\ud800", " " * 10_000])
def test_nothing_to_compare_is_wholly_new_and_breaks_nothing(
    index: NoveltyIndex, text: str
) -> None:
    assert index.score(text).novelty == 1.0


def test_without_a_case_all_is_new() -> None:
    assert NoveltyIndex().score("where is my parcel") == (1.0, None, 0.0)


def test_adding_a_case_makes_what_it_says_less_new(index: NoveltyIndex) -> None:
    before = index.score("the gas bottle leaks").novelty
    for name in "abc":
        index.add(name, "the gas bottle leaks")

    assert index.score("the gas bottle leaks").novelty == pytest.approx(0.0)
    assert before > 0.5


def test_the_oldest_case_gives_way_and_the_rest_scores_as_if_it_had_never_been() -> None:
    texts = requests(random.Random(3), 30)
    small, fresh = NoveltyIndex(most=20), NoveltyIndex()
    for number, text in enumerate(texts):
        small.add(str(number), text)
    for number, text in enumerate(texts[10:], 10):
        fresh.add(str(number), text)

    assert len(small) == 20
    for text in texts:
        assert small.score(text) == pytest.approx(fresh.score(text))


def test_a_long_document_costs_no_more_than_its_start(index: NoveltyIndex) -> None:
    start = "where is my parcel now and when does it come " * 20

    assert index.score(start) == index.score(start[:LOOKED_AT] + " gas" * 100_000)
