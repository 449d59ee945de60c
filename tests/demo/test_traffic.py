"""The story: the same every time, true in what it says, and with every scene in it."""

import json
from collections import Counter
from itertools import islice, pairwise

import pytest

from tailllm.demo import strange
from tailllm.demo.scenes import CALM, INCIDENT
from tailllm.demo.traffic import CALLS_EACH, Traffic
from tailllm.demo.wire import Told, stamp
from tests.conftest import NOON


@pytest.fixture(scope="module")
def story() -> list[Told]:
    return list(Traffic(7, start=NOON, begin_s=-60, end_s=180))


def failing(story: list[Told], start_s: float, end_s: float, validator: str) -> float:
    """Share of the billing answers of a stretch that failed a validator."""
    verdicts = [
        check["ok"]
        for told in story
        if start_s <= told.at - NOON < end_s and told.line["prompt"]["name"] == "billing"
        for check in told.line.get("checks", ())
        if check["name"] == validator
    ]
    return verdicts.count(False) / len(verdicts)


def asked(story: list[Told]) -> list[str]:
    return [m["content"] for t in story for m in t.line["messages"] if m["role"] == "user"]


def test_the_same_seed_tells_the_same_story() -> None:
    first, second = (Traffic(7, start=NOON, end_s=30) for _ in range(2))

    assert [told.text for told in first] == [told.text for told in second]


def test_another_seed_tells_another_story() -> None:
    first, second = (Traffic(seed, start=NOON, end_s=30) for seed in (7, 8))

    assert [told.text for told in first] != [told.text for told in second]


def test_the_story_has_no_end_unless_one_is_given() -> None:
    assert len(list(islice(Traffic(7, start=NOON), 5_000))) == 5_000


def test_a_line_is_written_when_its_call_ends(story: list[Told]) -> None:
    assert all(one.at <= other.at for one, other in pairwise(story))
    assert all(t.line["ts"] == stamp(t.at - t.line["ms"] / 1000) for t in story)


def test_every_line_is_one_line(story: list[Told]) -> None:
    for told in story:
        assert "\n" not in told.text
        assert json.loads(told.text) == json.loads(json.dumps(told.line))


def test_about_twelve_calls_end_in_a_second(story: list[Told]) -> None:
    busy = [told for told in story if 0 <= told.at - NOON < 95]

    assert 9 < len(busy) / 95 < 15


def test_a_conversation_makes_as_many_calls_as_the_rate_counts_on() -> None:
    calls = Counter(t.line["session"] for t in Traffic(7, start=NOON, end_s=900, play=CALM))

    assert sum(calls.values()) / len(calls) == pytest.approx(CALLS_EACH, rel=0.05)


def test_prompt_v15_breaks_the_schema_and_v14_does_not(story: list[Told]) -> None:
    assert failing(story, -60, 20, "json_schema") == 0
    assert 0.1 < failing(story, 40, 140, "json_schema") < 0.5


def test_the_broken_answers_can_be_read(story: list[Told]) -> None:
    broken = [
        told.line["output"]
        for told in story
        for check in told.line.get("checks", ())
        if check["name"] == "json_schema" and not check["ok"]
    ]

    assert {json.loads(text)["intent"] for text in broken} == {"othr"}


def test_after_v15_is_taken_back_the_schema_holds(story: list[Told]) -> None:
    assert failing(story, 160, 180, "json_schema") < 0.05


def test_the_large_model_turns_slow(story: list[Told]) -> None:
    def median(start_s: float, end_s: float) -> float:
        took = sorted(
            told.line["ms"]
            for told in story
            if start_s <= told.at - NOON < end_s and "sonnet" in told.line["model"]
        )
        return float(took[len(took) // 2])

    assert median(80, 95) > 3 * median(0, 75)


def test_rate_limits_come_in_a_burst_and_are_tried_again(story: list[Told]) -> None:
    limited = [t for t in story if t.line.get("error", {}).get("status") == 429]
    answered = {t.line["session"] for t in story if "output" in t.line}

    assert len(limited) > 20
    assert all(94 < told.at - NOON < 112 for told in limited)
    assert {told.line["session"] for told in limited} <= answered


@pytest.mark.parametrize(
    "visitor",
    ["SHOUTING", "THREE_QUESTIONS", "FRENCH", "JAPANESE", "BASQUE", "HOSTILE"],
)
def test_every_stranger_comes_in(story: list[Told], visitor: str) -> None:
    topic = getattr(strange, visitor)
    starts = tuple(text.split("{")[0] for text in topic.turns[0].asks)

    assert any(text.startswith(starts) for text in asked(story))


def test_the_same_question_is_answered_differently() -> None:
    replies = {
        (t.line["prompt"]["version"], json.loads(t.line["output"])["reply"])
        for t in Traffic(7, start=NOON, begin_s=-300, end_s=140, play=INCIDENT)
        if t.line["prompt"]["name"] == "billing"
        and t.line["messages"][-1]["content"] == strange.USED_SAW.turns[0].asks[0]
    }

    assert {version for version, _ in replies} == {"v14", "v15"}
    assert len({reply.split()[0] for _, reply in replies}) == 2


def test_a_hostile_text_arrives_unchanged(story: list[Told]) -> None:
    text = strange.HOSTILE.turns[0].asks[0]

    assert "\x1b]52" in text
    assert text in asked(story)


def test_a_tool_is_called_before_an_order_is_spoken_of(story: list[Told]) -> None:
    calls = [told.line for told in story if "tool_calls" in told.line]
    answers = [told.line for told in story if told.line["messages"][-1]["role"] == "tool"]

    assert len(calls) > 100
    assert all(line["finish"] == "tool_calls" and line["output"] == "" for line in calls)
    assert {m["messages"][-1]["tool_call_id"] for m in answers if "output" in m} <= {
        line["tool_calls"][0]["id"] for line in calls
    }


def test_streamed_calls_know_their_first_token(story: list[Told]) -> None:
    for told in story:
        streams = told.line["params"]["stream"] and "error" not in told.line
        assert ("ttft_ms" in told.line) == streams
        assert told.line.get("ttft_ms", 0) <= told.line["ms"]


def test_failed_calls_have_no_usage_and_no_verdict(story: list[Told]) -> None:
    for told in story:
        if "error" in told.line:
            assert not {"usage", "checks", "output", "cost"} & told.line.keys()


def test_ordinary_hours_are_not_spotless() -> None:
    story = list(Traffic(7, start=NOON, begin_s=-600, end_s=-30))
    bad = [t for t in story if not all(c["ok"] for c in t.line.get("checks", ()))]

    assert 0 < len(bad) / len(story) < 0.01
