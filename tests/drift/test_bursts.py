"""Which terms an alarm names, and which messages it shows."""

import random

from tailllm.drift.bursts import bursts
from tests.requests import requests


def week(seed: int, *new: str) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    return requests(rng, 800), [*requests(rng, 200 - len(new)), *new]


def test_the_first_name_is_the_subject_and_not_the_small_words_around_it() -> None:
    said = ["set a reminder for my mint", "i want a reminder", "is there a reminder now"]
    found = bursts(*week(1, *(said * 5)))

    assert found[0].term == "reminder"
    assert "a reminder" not in {burst.term for burst in found}


def test_a_pair_of_words_is_named_where_neither_alone_is_new() -> None:
    rng = random.Random(2)
    known = ["the fig tree is late", "where is my order now"] * 150
    new = [f"where is the tree order {rng.choice('abc')}" for _ in range(15)]
    found = bursts(known, [*known[:150], *new])

    assert "tree order" in {burst.term for burst in found if burst.chance <= 0.01}


def test_the_examples_are_the_messages_that_hold_most_of_what_is_new() -> None:
    full = "the gas bottle of the heater leaks"
    found = bursts(*week(3, *["some gas please"] * 4, *[full] * 12))

    gas = next(burst for burst in found if burst.term == "gas")

    assert gas.after == 16
    assert all(place >= 188 for place in gas.examples)


def test_terms_too_rare_to_stand_out_cost_the_others_nothing() -> None:
    before, now = week(4, *["refill the gas"] * 9)
    plain = next(b for b in bursts(before, now) if b.term == "gas")
    rare = [f"{text} zq{n}x zw{n}y" for n, text in enumerate(now)]
    among = next(b for b in bursts(before, rare) if b.term == "gas")

    assert among.chance <= plain.chance * 1.01
