"""Which few messages to read: new ones, and unlike each other."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailllm.novelty.index import NoveltyIndex
from tailllm.novelty.spread import spread
from tailllm.novelty.weights import everything
from tests.requests import KNOWN, requests

messages = st.lists(
    st.tuples(st.text(alphabet="ab 订я", max_size=12), st.floats(0, 1)), max_size=25
)


@given(given=messages, most=st.integers(0, 30))
def test_each_is_chosen_once_and_as_many_as_there_are(
    given: list[tuple[str, float]], most: int
) -> None:
    chosen = spread([text for text, _ in given], [worth for _, worth in given], most)

    assert len(set(chosen)) == len(chosen) == min(most, len(given))
    assert set(chosen) <= set(range(len(given)))


@given(given=messages, most=st.integers(1, 10))
def test_a_smaller_deck_is_the_start_of_a_larger_one_led_by_the_newest(
    given: list[tuple[str, float]], most: int
) -> None:
    texts, novelty = [text for text, _ in given], [worth for _, worth in given]
    larger = spread(texts, novelty, most + 5)

    assert spread(texts, novelty, most) == larger[:most]
    assert not given or novelty[larger[0]] == max(novelty)


@given(given=messages)
def test_what_was_chosen_already_in_the_same_words_comes_after_all_that_is_left(
    given: list[tuple[str, float]],
) -> None:
    texts = [text for text, _ in given if text.strip()] * 2
    chosen = spread(texts, [1.0] * len(texts), len(texts))
    kinds = {everything(text) for text in texts}
    first = [everything(texts[place]) for place in chosen[: len(kinds)]]

    assert len(first) == len(kinds) == len(set(first))


def test_one_new_thing_said_often_does_not_fill_the_deck() -> None:
    rng = random.Random(4)
    texts = requests(rng, 80, ("gas",)) + requests(rng, 20, KNOWN)
    chosen = spread(texts, [0.9] * 80 + [0.8] * 20, 10)

    assert sum("gas" in texts[place] for place in chosen) <= 5


def test_what_the_corpus_knows_is_passed_over_for_what_it_does_not() -> None:
    rng = random.Random(5)
    index = NoveltyIndex()
    for number, text in enumerate(requests(rng, 200)):
        index.add(str(number), text)
    texts = requests(rng, 190) + requests(rng, 10, ("gas",))
    chosen = spread(texts, [index.score(text).novelty for text in texts], 3)

    assert all("gas" in texts[place] for place in chosen)


@pytest.mark.parametrize("text", ["", "?!", "\x00\ud800"])
def test_messages_without_words_break_nothing(text: str) -> None:
    assert spread([text, text, "where is it"], [1.0, 1.0, 0.5], 3) == [0, 1, 2]
