"""What is known of an answer beyond its words, whatever format told it."""

from typing import Any

import pytest

from tailllm.dialects.fold import complete

SAID = [{"role": "assistant", "content": "Hi"}]
ASKED = [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status": "ok", "response_id": "chatcmpl-1"}, 200),
        ({"status": "ok", "output_messages": SAID}, 200),
        ({"status": "error", "response_id": "chatcmpl-1"}, 200),
        ({"status": "error", "ttft_ms": 80.0}, 200),
        ({"status": "error", "output_text": "Sorry, something went wrong."}, None),
        ({"status": "error", "error_type": "APITimeoutError"}, None),
        ({"status": "error", "http_status": 429, "response_id": "x"}, 429),
        ({"status": "ok"}, None),
        ({"request_model": "m"}, None),
    ],
)
def test_an_answer_came_with_http_200_and_no_answer_says_nothing(
    told: dict[str, Any], status: int | None
) -> None:
    assert complete(told).get("http_status") == status


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"output_messages": ASKED}, ""),
        ({"output_messages": ASKED, "content": "truncated"}, None),
        ({"output_messages": None, "finish_reason_raw": "stop"}, None),
        ({"output_messages": SAID, "output_text": "Hi"}, "Hi"),
    ],
)
def test_an_answer_of_tool_calls_alone_has_no_text_and_an_unlogged_one_is_unknown(
    told: dict[str, Any], text: str | None
) -> None:
    assert complete(told)["output_text"] == text


@pytest.mark.parametrize(
    ("model", "refusal"), [("claude-sonnet-4-5", "I will not"), ("gpt-4o", None)]
)
def test_only_a_filtered_answer_of_claude_is_a_refusal(model: str, refusal: str | None) -> None:
    told = {
        "response_model": model,
        "finish_reason": "content_filter",
        "output_text": "I will not",
    }

    assert complete(told).get("refusal") == refusal
