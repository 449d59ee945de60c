"""Words and exception texts mean the same thing whoever wrote them."""

import pytest

from tailllm.dialects.terms import error_text, finish, passed


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("stop", "stop"), ("end_turn", "stop"), ("completed", "stop"), ("length", "length"),
        ("max_tokens", "length"), ("max_output_tokens", "length"), ("tool_calls", "tool_call"),
        ("tool_use", "tool_call"), ("tool-calls", "tool_call"), ("content-filter", "content_filter"),
        ("refusal", "content_filter"), ("error", "error"), ("STOP", "stop"),
    ],
)  # fmt: skip
def test_finish_words_have_one_meaning(word: str, meaning: str) -> None:
    assert finish(word) == {"finish_reason": meaning, "finish_reason_raw": word}


def test_an_unknown_finish_word_is_kept() -> None:
    assert finish("bored") == {"finish_reason_raw": "bored"}


@pytest.mark.parametrize(
    ("text", "kind", "status", "message"),
    [
        (
            "Error code: 429 - {'error': {'message': 'Slow down.', 'type': 'requests', "
            "'param': None, 'code': 'rate_limit_exceeded'}}",
            "rate_limit_exceeded", 429, "Slow down.",
        ),
        (
            "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', "
            "'message': 'Overloaded'}}",
            "overloaded_error", 529, "Overloaded",
        ),
        ('Error code: 400 - {"error": {"message": "m", "code": "c"}}', "c", 400, "m"),
        ("Error code: 500 - The server had an error.", "openai.X", 500, "The server had an error."),
        ("TimeoutError: timed out", "openai.X", None, "timed out"),
        ("Connection error.", "openai.X", None, "Connection error."),
        ("Error code: 400 - {'error': {'mess", "openai.X", 400, "{'error': {'mess"),
    ],
)  # fmt: skip
def test_what_an_exception_says_inside_is_found(
    text: str, kind: str, status: int | None, message: str
) -> None:
    found = error_text(text, "openai.X")

    assert (found["error_type"], found.get("http_status")) == (kind, status)
    assert found["error_message"] == message


@pytest.mark.parametrize(("label", "verdict"), [("pass", True), ("Failed", False), ("meh", None)])
def test_a_label_that_is_no_verdict_stays_unjudged(label: str, verdict: bool | None) -> None:
    assert passed(label) is verdict
