"""What a call is, told without a model, on the story logs whose kinds are known."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.records.row import Row
from tailllm.store.cohorts import Cohorts
from tailllm.store.filter import parse
from tailllm.store.where.languages import language
from tailllm.store.where.surroundings import Surroundings
from tests.conftest import NOON

MakeRow = Callable[..., Row]
SAMPLES = Path(__file__).parents[2] / "sample_logs"


def kinds(name: str) -> dict[str, set[str]]:
    """For each finder, the kinds of the long tail that it finds."""
    from tailllm.config.model import Config
    from tailllm.feed.feed import Feed

    told = json.loads((SAMPLES / "MANIFEST.json").read_text())["long_tail.jsonl"]["kinds"]
    feed = Feed([str(SAMPLES / "long_tail.jsonl")], Config(), follow=False)
    feed.load()
    found = sorted((row for _, row in feed.window.newest_first()), key=lambda r: r.source[0].offset)
    feed.close()
    around = Surroundings(found)
    keep = parse(f"is:{name}")
    return {kind for row, kind in zip(found, told, strict=True) if keep(row, around=around)}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("caps", {"caps"}),
        ("multi-question", {"three questions"}),
        ("retry", {"rephrased 2", "rephrased 3"}),
        ("refusal", {"refusal", "filtered"}),
        ("empty", {"filtered", "empty", "cut"}),
        ("cut", {"cut"}),
        ("loop", {"loop"}),
        (
            "language-new",
            {
                "french",
                "japanese",
                "basque",
                "arabic",
                "hindi",
                "thai",
                "georgian",
                "two languages",
            },
        ),
    ],
)
def test_the_odd_calls_of_the_long_tail_are_found_and_no_others(
    name: str, wanted: set[str]
) -> None:
    assert kinds(name) == wanted


def test_the_same_words_sent_again_are_no_rephrasing(make_row: MakeRow) -> None:
    first = make_row(conversation_id="c", preview="where is my order", reply="a")
    again = make_row(conversation_id="c", preview="Where is my order ", reply="b")
    other = make_row(conversation_id="c", preview="so where is my order now", reply="c")
    around = Surroundings([other, first, again])

    assert [around.is_retry(row) for row in (first, again, other)] == [False, False, True]


def test_nothing_is_new_or_unusual_among_few(make_row: MakeRow) -> None:
    rows = [make_row(preview="where is my order") for _ in range(20)]
    odd = make_row(preview="où est ma commande", latency_ms=90_000.0)
    around = Surroundings([*rows, odd])

    assert not around.is_new_language(odd)
    assert not around.is_unusual(odd)


def test_unusual_is_against_its_own_model_and_prompt(make_row: MakeRow) -> None:
    quick = [make_row(model="small", latency_ms=100.0 + n % 5) for n in range(200)]
    slow = [make_row(model="large", latency_ms=5000.0 + n % 5) for n in range(200)]
    odd, usual = make_row(model="small", latency_ms=5000.0), slow[0]
    cohorts = Cohorts([*quick, *slow, odd])
    [oddity] = cohorts.oddities(odd)

    assert (oddity.field, oddity.value, oddity.median, oddity.calls) == (
        "latency_ms",
        5000.0,
        102.0,
        201,
    )
    assert cohorts.oddities(usual) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("where is my order", "en"),
        ("où est ma commande s'il vous plaît", "fr"),
        ("wo ist meine Bestellung, bitte", "de"),
        ("zuhaitza hautsita iritsi dirua itzuli", "other latin"),
        ("ok", None),
        ("12345 ???", None),
        ("Где мой заказ?", "cyrillic"),
        ("苗が枯れて届きました", "japanese"),
    ],
)
def test_a_language_is_guessed_from_script_and_small_words(text: str, wanted: str | None) -> None:
    assert language(text) == wanted


def test_a_time_of_day_is_that_of_the_newest_call() -> None:
    from tailllm.store.where.moments import Now, moment, stretch

    later = Now(clock=NOON + 86_400 * 9, newest=NOON + 600)

    assert moment("12:05", later) == NOON + 300
    assert moment("12:30", later) == NOON + 1800 - 86_400
    assert moment("5m", later) == NOON + 300
    assert moment("5m", Now(NOON + 700, NOON + 600)) == NOON + 400
    assert moment("2026-11-22T12:00Z", later) == NOON
    assert stretch("12:01..12:02", later) == (NOON + 60, NOON + 120)
