"""Spans are read by whoever knows their writer, also in one file with others."""

from typing import Any

import pytest

from tailllm.dialects.house_names import named
from tailllm.dialects.indexed import spread
from tailllm.records.call import Call
from tests.dialects.reading import read_values

START_NS = 1_795_348_800_000_000_000


def span(name: str, scope: str = "s", **more: Any) -> dict[str, Any]:
    """An export request with one span of 50 ms."""
    attributes = [
        {"key": key, "value": value if isinstance(value, dict) else {"stringValue": value}}
        for key, value in more.pop("attributes", {}).items()
    ]
    plain = {
        "traceId": "t",
        "spanId": name,
        "name": name,
        "startTimeUnixNano": str(START_NS),
        "endTimeUnixNano": str(START_NS + 50_000_000),
        "attributes": attributes,
    }
    return {
        "resourceSpans": [{"scopeSpans": [{"scope": {"name": scope}, "spans": [plain | more]}]}]
    }


def vercel(name: str, **more: Any) -> dict[str, Any]:
    attributes = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m"}
    return span(name, "ai", attributes=attributes | more.pop("attributes", {}), **more)


def openinference(name: str, **attributes: Any) -> dict[str, Any]:
    return span(name, attributes={"openinference.span.kind": "LLM"} | attributes)


def calls(*values: dict[str, Any]) -> list[Call]:
    return read_values(*values).calls()


def test_a_file_may_hold_the_spans_of_several_and_is_named_after_most_of_its_calls() -> None:
    reading = read_values(openinference("a"), vercel("b"), vercel("c"))

    formats = [one.format for one in reading.calls()]
    assert formats == ["openinference", "vercel_ai_sdk", "vercel_ai_sdk"]
    assert reading.name == "vercel_ai_sdk"


def test_every_attempt_of_a_request_made_again_is_a_call() -> None:
    outer = span("outer", "ai", attributes={"ai.operationId": "ai.generateText"})
    failed = vercel("one", parentSpanId="outer", status={"code": 2, "message": "Too many."})

    found = calls(failed, vercel("two", parentSpanId="outer"), outer)

    assert [one.status for one in found] == ["error", "ok"]


def test_a_stream_without_an_end_was_cut_and_keeps_its_text() -> None:
    said = '[{"role": "assistant", "parts": [{"type": "text", "content": "half an"}]}]'
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.is_streaming": {"boolValue": True},
        "gen_ai.output.messages": said,
    }

    [found] = calls(span("openai.chat", attributes=attributes))

    assert (found.status, found.output_text) == ("error", "half an")
    assert found.warnings == ("the stream was cut",)


RUN = {
    "gen_ai.operation.name": "invoke_agent",
    "pydantic_ai.all_messages": '[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]',
    "user_id": "u1",
    "session.id": "[Scrubbed due to 'session']",
}


@pytest.mark.parametrize("failed", [True, False])
def test_a_failed_request_shows_what_its_run_had_sent(failed: bool) -> None:
    status = {"code": 2 if failed else 0}
    request = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    run = span("run", "pydantic-ai", attributes=RUN, status=status)
    asked = span("chat m", "pydantic-ai", attributes=request, parentSpanId="run", status=status)

    [found] = calls(run, asked)

    assert [message.text for message in found.input_messages or ()] == ["hi"] * failed
    assert (found.user_id, found.session_id) == ("u1", None)


def test_a_prompt_that_was_cut_is_shown_as_far_as_it_goes_and_says_so() -> None:
    sent = '[{"role":"user","content":[{"type":"text","text":"first"}]},{"role":"user","content":"s'

    [found] = calls(vercel("a", attributes={"ai.prompt.messages": sent}))

    assert found.content == "truncated"
    assert found.input_messages is not None
    assert found.input_messages[0].text == "first"


def test_parallel_tool_calls_and_their_results_stay_apart() -> None:
    asked = "llm.output_messages.0.message.tool_calls"
    attributes: dict[str, Any] = {"llm.output_messages.0.message.role": "assistant"}
    for number in range(12):
        attributes[f"{asked}.{number}.tool_call.id"] = f"c{number}"
        attributes[f"{asked}.{number}.tool_call.function.name"] = f"f{number}"
        attributes[f"{asked}.{number}.tool_call.function.arguments"] = '{"a": '

    [found] = calls(openinference("a", **attributes))

    assert [tool.name for tool in found.tool_calls] == [f"f{number}" for number in range(12)]
    assert {tool.arguments for tool in found.tool_calls} == {'{"a": '}


def test_json_that_a_user_wrote_is_text() -> None:
    attributes = {
        "llm.request.type": "chat",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": '[{"type": "bike", "wheels": 2}]',
    }

    [found] = calls(span("openai.chat", attributes=attributes))

    assert found.input_messages is not None
    assert found.input_messages[0].text == '[{"type": "bike", "wheels": 2}]'


@pytest.mark.parametrize("name", ["userId", "user_id", "user-id", "USER.ID", "endUserId"])
def test_who_asked_is_known_however_the_application_spells_it(name: str) -> None:
    assert named({f"x.{name}": "u1", "x.other": "o", "userId": "elsewhere"}, "x.") == {
        "user_id": "u1"
    }


def test_numbers_in_keys_are_counted_and_not_spelled() -> None:
    attributes = {f"m.{number}.role": number for number in (10, 9, 2)} | {"m.x.role": "no"}

    assert [item["role"] for item in spread(attributes, "m.")["m."]] == [2, 9, 10]


@pytest.mark.parametrize("path", ["m.0", "m.0.", "m..0.a", "m." + "1." * 5_000, "m.0.a.b"])
def test_strange_keys_are_survived(path: str) -> None:
    spread({path: 1, "m.0.a": 2}, "m.")
