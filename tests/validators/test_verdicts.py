"""Tables of answers and the verdict a person would give."""

import time
from typing import Any

import pytest

from tests.validators.conftest import Judge

PASS, FAIL, ERRORED, NONE = "passed", "failed", "errored", "no verdict"
FENCED = '```json\n{"intent": "refund"}\n```'
SCHEMA = {
    "type": "object",
    "required": ["intent"],
    "properties": {"intent": {"enum": ["refund", "status"]}},
}


def outcome(verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return NONE
    assert verdict["by"] == "tailllm"
    if verdict["passed"] is None:
        assert verdict["label"] == "errored"
        return ERRORED
    return PASS if verdict["passed"] else FAIL


TEXTS = [
    ("json", {}, '{"a": 1}', PASS),
    ("json", {}, "[]", PASS),
    ("json", {}, '"only a string"', PASS),
    ("json", {}, "", FAIL),
    ("json", {}, "Sure! {}", FAIL),
    ("json", {}, '{"a": 1', FAIL),
    ("json", {}, '{"a": 1} {"b": 2}', FAIL),
    ("json", {}, '{"a": NaN}', FAIL),
    ("json", {}, "[" * 200_000, FAIL),
    ("json", {}, FENCED, FAIL),
    ("json", {"fences": True}, FENCED, PASS),
    ("json", {"fences": True}, "```\n[1]\n```", PASS),
    ("json", {"fences": True}, "```python\n[1]\n```", FAIL),
    ("json", {"fences": True}, "```json", FAIL),
    ("json", {"fences": True}, '{"a": 1}', PASS),
    ("json_schema", {"schema": SCHEMA}, '{"intent": "refund"}', PASS),
    ("json_schema", {"schema": SCHEMA}, '{"intent": "othr"}', FAIL),
    ("json_schema", {"schema": SCHEMA}, "{}", FAIL),
    ("json_schema", {"schema": SCHEMA}, "refund", FAIL),
    ("json_schema", {"schema": SCHEMA, "fences": True}, FENCED, PASS),
    ("json_schema", {"schema": {"type": "string"}}, '"\\ud83d"', ERRORED),
    ("must_match", {"pattern": r"\bRides\b"}, "tap Account, then Rides.", PASS),
    ("must_match", {"pattern": r"\bRides\b"}, "tap account, then rides.", FAIL),
    ("must_match", {"pattern": r"\bRides\b", "ignore_case": True}, "then rides.", PASS),
    ("must_match", {"pattern": "order"}, "", FAIL),
    ("must_not_match", {"pattern": r"[\w.]+@[\w.]+"}, "write to ana@example.org", FAIL),
    ("must_not_match", {"pattern": r"[\w.]+@[\w.]+"}, "write to us", PASS),
    ("must_not_match", {"pattern": r"\p{Lu}{12,}"}, "WHYWASICHARGED TWICE", FAIL),
    ("length", {"max": 5}, "12345", PASS),
    ("length", {"max": 5}, "123456", FAIL),
    ("length", {"max": 5}, "注文番号A", PASS),
    ("length", {"min": 1}, "", FAIL),
    ("not_empty", {}, "ok", PASS),
    ("not_empty", {}, "", FAIL),
    ("not_empty", {}, " \n\t", FAIL),
    ("refusal", {}, "I can’t help with that.", FAIL),
    ("refusal", {}, "I'm sorry, but I cannot assist with this request.", FAIL),
    ("refusal", {}, "The dock cannot help with that; call us.", PASS),
    ("refusal", {}, "x" * 250 + " I can't help with that.", PASS),
    ("refusal", {"phrases": ["das kann ich nicht"]}, "Das kann ich nicht sagen.", FAIL),
]


@pytest.mark.parametrize(("kind", "options", "text", "expected"), TEXTS)
def test_an_answer_gets_the_verdict_a_person_would_give(
    judge: Judge, kind: str, options: dict[str, Any], text: str, expected: str
) -> None:
    verdict = judge(kind, options, output_text=text)

    assert outcome(verdict) == expected


@pytest.mark.parametrize(("kind", "options", "text", "expected"), TEXTS)
def test_a_verdict_that_is_no_pass_has_a_short_reason(
    judge: Judge, kind: str, options: dict[str, Any], text: str, expected: str
) -> None:
    verdict = judge(kind, options, output_text=text)

    assert verdict is not None
    assert (expected == PASS) or 0 < len(verdict["explanation"]) <= 300


NUMBERS = [
    ("max_latency", {"ms": 900}, {}, PASS),
    ("max_latency", {"ms": 899}, {}, FAIL),
    ("max_latency", {"ms": 1}, {"latency_ms": None}, NONE),
    ("max_latency", {"ms": 1}, {"status": "error"}, FAIL),
    ("max_latency", {"ms": 9999}, {"status": "error"}, NONE),
    ("max_ttft", {"ms": 300}, {"ttft_ms": 200.0}, PASS),
    ("max_ttft", {"ms": 100}, {"ttft_ms": 200.0}, FAIL),
    ("max_ttft", {"ms": 100}, {}, NONE),
    ("max_tokens", {"input": 1208, "output": 214}, {}, PASS),
    ("max_tokens", {"output": 213}, {}, FAIL),
    ("max_tokens", {"input": 1207, "output": 999}, {}, FAIL),
    ("max_tokens", {"input": 1}, {"usage": {}}, NONE),
    ("max_tokens", {"input": 9999, "output": 9}, {"usage": {"input_tokens": 1}}, NONE),
    ("max_tokens", {"input": 1, "output": 9}, {"usage": {"input_tokens": 2}}, FAIL),
    ("finish_reason", {}, {}, PASS),
    ("finish_reason", {}, {"finish_reason": "length"}, FAIL),
    ("finish_reason", {"allowed": ["stop", "length"]}, {"finish_reason": "length"}, PASS),
    ("finish_reason", {}, {"finish_reason": None}, NONE),
    ("finish_reason", {}, {"finish_reason": None, "finish_reason_raw": "odd"}, FAIL),
]


@pytest.mark.parametrize(("kind", "options", "fields", "expected"), NUMBERS)
def test_a_limit_is_kept_broken_or_not_judged(
    judge: Judge, kind: str, options: dict[str, Any], fields: dict[str, Any], expected: str
) -> None:
    assert outcome(judge(kind, options, **fields)) == expected


TEXT_KINDS: list[tuple[str, dict[str, Any]]] = [
    ("json", {}),
    ("json_schema", {"schema": SCHEMA}),
    ("must_match", {"pattern": "x"}),
    ("must_not_match", {"pattern": "x"}),
    ("length", {"min": 1}),
    ("not_empty", {}),
    ("refusal", {}),
    ("python", {"call": "nowhere:nothing"}),
]


@pytest.mark.parametrize(("kind", "options"), TEXT_KINDS)
@pytest.mark.parametrize(
    "fields",
    [
        {"status": "error", "output_text": None, "http_status": 429},
        {"status": "error", "output_text": "Between 22:00 and"},
        {"state": "partial", "output_text": "Between 22:00 and"},
        {"content": "absent", "output_text": None},
        {"content": "reference", "output_text": None},
        {"status": "unknown", "output_text": None},
        {"operation_name": "embeddings", "output_text": None},
    ],
    ids=["429", "broken stream", "partial", "absent", "elsewhere", "unknown", "embeddings"],
)
def test_a_call_without_an_answer_is_not_judged(
    judge: Judge, kind: str, options: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert judge(kind, options, **fields) is None


@pytest.mark.parametrize(("kind", "options"), TEXT_KINDS[:5])
def test_a_turn_that_only_calls_tools_has_no_text_to_judge(
    judge: Judge, kind: str, options: dict[str, Any]
) -> None:
    called = [{"id": "1", "name": "lookup", "arguments": "{}"}]

    assert judge(kind, options, output_text=None, tool_calls=called) is None


@pytest.mark.parametrize(("kind", "options"), TEXT_KINDS[:5])
def test_an_answer_the_log_cut_is_errored_and_never_passed(
    judge: Judge, kind: str, options: dict[str, Any]
) -> None:
    verdict = judge(kind, options, content="truncated", output_text='{"intent": "refund"}')

    assert outcome(verdict) == ERRORED


def test_an_answer_of_nothing_at_all_is_empty(judge: Judge) -> None:
    verdict = judge("not_empty", output_text=None)

    assert outcome(verdict) == FAIL


@pytest.mark.parametrize(
    "fields",
    [{"tool_calls": [{"name": "lookup", "arguments": "{}"}]}, {"refusal": "No."}],
    ids=["tool call", "refusal"],
)
def test_a_tool_call_or_a_refusal_is_not_empty(judge: Judge, fields: dict[str, Any]) -> None:
    assert outcome(judge("not_empty", output_text=None, **fields)) == PASS


def test_the_refusal_field_of_the_wire_is_a_refusal(judge: Judge) -> None:
    verdict = judge("refusal", output_text=None, refusal="I can't talk about that.")

    assert verdict is not None
    assert verdict["passed"] is False
    assert "talk about that" in verdict["explanation"]


def test_a_refusal_explains_why_the_json_is_missing(judge: Judge) -> None:
    verdict = judge("json", output_text=None, refusal="No.")

    assert verdict is not None
    assert verdict["explanation"] == "not JSON: there is no text (the model refused)"


@pytest.mark.parametrize("pattern", [r"^(a|a)*$", r"^(a+)+$", r"(.*)*b\1c$", r"(?:a?){40}a{40}b"])
def test_a_pattern_that_explodes_is_errored_in_time(judge: Judge, pattern: str) -> None:
    started = time.thread_time()
    verdict = judge("must_not_match", {"pattern": pattern}, output_text="a" * 5_000 + "!")
    took = time.thread_time() - started

    assert took < 1.5
    assert outcome(verdict) in {ERRORED, PASS}


def test_a_classic_explosion_says_that_it_took_too_long(judge: Judge) -> None:
    options = {"pattern": r"^(a|a)*$(?<!b)", "timeout_ms": 50}
    verdict = judge("must_match", options, output_text="a" * 40 + "!")

    assert verdict is not None
    assert verdict["explanation"] == "the pattern took over 50 ms"


@pytest.mark.parametrize(
    ("when", "judged"),
    [
        ({"prompt": "billing"}, True),
        ({"prompt": "billing@v1*"}, True),
        ({"prompt": "billing@v2*"}, False),
        ({"prompt": ["route", "bill*"]}, True),
        ({"prompt": "Billing"}, False),
        ({"model": "gpt-4o-mini"}, True),
        ({"model": "*2024-07-18"}, True),
        ({"model": "sonnet*"}, False),
        ({"prompt": "billing", "model": "sonnet*"}, False),
    ],
)
def test_when_limits_a_validator_to_some_calls(
    judge: Judge, when: dict[str, Any], judged: bool
) -> None:
    assert (judge("not_empty", {"when": when}) is not None) is judged


def test_a_call_without_a_prompt_name_never_passes_a_limit_by_prompt(judge: Judge) -> None:
    verdict = judge("not_empty", {"when": {"prompt": "*"}}, prompt_name=None)

    assert verdict is None
