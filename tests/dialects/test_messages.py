"""Messages of every wire shape read alike."""

from typing import Any

import pytest

from tailllm.dialects.messages import canonical, last_user_text, parts, system_text, tool_calls

IMAGE = "data:image/png;base64,AAAA"

SAME_TEXT: list[Any] = [
    {"role": "user", "content": "hello"},
    {
        "role": "user",
        "content": [{"type": "text", "text": "hel"}, {"type": "input_text", "text": "lo"}],
    },
    {"role": "user", "parts": [{"type": "text", "content": "hello"}]},
    {"role": "user", "content": ["hello"]},
]
SAME_TOOL: list[Any] = [
    {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"content": [{"type": "tool_use", "id": "1", "name": "f", "input": "{}"}]},
    {"parts": [{"type": "tool_call", "id": "1", "name": "f", "arguments": "{}"}]},
]
SAME_ANSWER: list[Any] = [
    {"role": "tool", "tool_call_id": "1", "content": "7"},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": "7"}]},
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "1", "response": "7"}]},
]
SAME_IMAGE: list[Any] = [
    {"content": [{"type": "image_url", "image_url": {"url": IMAGE}}]},
    {"content": [{"type": "input_image", "image_url": IMAGE}]},
    {"content": [{"type": "image", "source": {"media_type": "image/png", "data": "AAAA"}}]},
    {"parts": [{"type": "blob", "mime_type": "image/png", "modality": "image", "content": "AAAA"}]},
]


@pytest.mark.parametrize("message", SAME_TEXT)
def test_the_last_user_text_is_found(message: Any) -> None:
    assert last_user_text([{"role": "user", "content": "before"}, message]) == "hello"


@pytest.mark.parametrize("message", SAME_TOOL)
def test_a_tool_call_is_id_name_and_arguments(message: Any) -> None:
    assert tool_calls(message) == [{"id": "1", "name": "f", "arguments": "{}"}]


@pytest.mark.parametrize("message", SAME_ANSWER)
def test_a_tool_result_is_no_text_of_the_user(message: Any) -> None:
    [part] = parts(message)

    assert (part["type"], part["id"], part["response"]) == ("tool_call_response", "1", "7")
    assert last_user_text([{"role": "user", "content": "asked"}, message]) == "asked"


@pytest.mark.parametrize("message", SAME_IMAGE)
def test_an_image_is_kind_and_size(message: Any) -> None:
    [part] = parts(message)

    assert (part["type"], part["mime_type"], part["size"]) == ("blob", "image/png", 4)
    assert "AAAA" not in str(part)


def test_the_system_text_is_kept_apart_or_the_first_message() -> None:
    sent = [{"role": "system", "content": "rules"}, {"role": "user", "content": "q"}]

    assert system_text(sent) == "rules"
    assert system_text(sent[1:], "rules apart") == "rules apart"
    assert system_text(sent[1:]) is None


def test_a_message_of_no_known_shape_is_shown_for_what_it_is() -> None:
    assert canonical([5]) == [{"role": "unknown", "parts": [{"type": "unknown", "response": 5}]}]


def only(block: Any) -> dict[str, Any]:
    [part] = parts({"content": [block]})
    return part


def test_bytes_of_files_are_never_text() -> None:
    data = "iVBORw0KGgo" * 1_000
    held = [
        {"type": "document", "source": {"media_type": "application/pdf", "data": data}},
        {"type": "acme", "file": {"name": "a", "data": data}},
        {"type": "acme", "url": f"data:image/png;base64,{data}"},
        {"type": "tool_result", "content": [{"type": "image", "source": {"data": data}}]},
        {"type": "tool_result", "content": f"data:image/png;base64,{data}"},
        {"type": "redacted_thinking", "data": data},
    ]

    for block in held:
        assert len(str(only(block))) < 400


def test_what_nobody_described_is_shown_as_it_is() -> None:
    assert only({"type": "acme", "colour": "red"})["response"] == {"colour": "red"}


def test_a_tool_of_the_provider_is_no_call_that_somebody_must_answer() -> None:
    block = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}

    assert only(block)["arguments"] == {"query": "x"}
    assert tool_calls({"content": [block]}) == []


def test_a_tool_result_with_an_image_shows_both() -> None:
    image = {"type": "image", "source": {"media_type": "image/png", "data": "AAAA"}}
    block = {
        "type": "tool_result",
        "tool_use_id": "t",
        "content": [{"type": "text", "text": "See"}, image],
    }

    assert [shown["type"] for shown in only(block)["response"]] == ["text", "blob"]
