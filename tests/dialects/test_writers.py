"""What batches, LiteLLM, `llm` and model servers write, beyond the samples."""

import json
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import SAMPLES, raw_lines, read

BATCH = SAMPLES / "openai_batch"
LITELLM = SAMPLES / "litellm" / "openai.jsonl"


def lines_of(*values: Any) -> bytes:
    return b"\n".join(json.dumps(value).encode() for value in values)


def calls(data: bytes) -> list[Call]:
    return read(raw_lines(data)).calls()


def samples(name: str, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / name / file).read_bytes().splitlines()]


@pytest.mark.parametrize("order", [("input", "output"), ("output", "input")])
def test_a_batchs_answers_find_their_requests(order: tuple[str, str]) -> None:
    found = calls(b"".join((BATCH / f"{name}.jsonl").read_bytes() for name in order))

    assert len(found) == 21
    assert all(call.input_messages and call.request_model for call in found)


def test_a_batch_that_ran_again_is_counted_again() -> None:
    again = (BATCH / "output.jsonl").read_bytes()
    again = again.replace(b"batch_req_", b"batch_req_2").replace(b"chatcmpl-", b"chatcmpl-2")

    found = calls((BATCH / "output.jsonl").read_bytes() + again)

    assert len(found) == 42
    assert len({call.key for call in found}) == 42


def test_a_request_that_failed_and_was_answered_in_the_next_batch_is_two_calls() -> None:
    failed = {"id": "b1", "custom_id": "x", "response": None, "error": {"code": "batch_expired"}}
    [answered, *_] = samples("openai_batch", "output.jsonl")

    found = calls(lines_of(failed, answered | {"custom_id": "x"}))

    assert [call.status for call in found] == ["error", "ok"]


def litellm(**changes: Any) -> Call:
    [line, *_] = samples("litellm", "openai.jsonl")
    [call] = calls(lines_of(line | changes))
    return call


def test_what_litellm_estimated_is_no_token_count() -> None:
    streamed = samples("litellm", "openai.jsonl")[3]

    [call] = calls(lines_of(streamed))

    assert call.usage.estimated
    assert (call.usage.input_tokens, call.usage.output_tokens) == (None, None)
    assert (call.metadata or {})["estimated_input_tokens"] == 42
    assert call.cost is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("success", "passed"),
        ("guardrail_intervened", "failed"),
        ("guardrail_failed_to_respond", "errored"),
    ],
)
def test_litellms_guardrails_are_verdicts(status: str, outcome: str) -> None:
    call = litellm(guardrail_information=[{"guardrail_name": "pii", "guardrail_status": status}])

    assert [(found.name, found.outcome) for found in call.evaluations] == [("pii", outcome)]


def test_what_litellm_wraps_around_an_error_is_taken_off() -> None:
    said = (
        "litellm.RateLimitError: AzureException RateLimitError - Slow down. Received Model Group=g"
    )

    call = litellm(
        status="failure",
        response={},
        error_information={
            "error_code": "429",
            "error_class": "RateLimitError",
            "error_message": said,
        },
    )

    assert (call.status, call.http_status) == ("error", 429)
    assert (call.error_type, call.error_message) == ("RateLimitError", "Slow down")
    assert (call.usage.input_tokens, call.cost) == (None, None)


def test_a_trace_id_of_litellms_own_is_no_session() -> None:
    own = "44fff144-2d29-461b-9c6f-0590ddd9a23a"

    assert (litellm(trace_id=own).session_id, litellm(trace_id=own).trace_id) == (None, own)
    assert litellm(trace_id="sess-7").session_id == "sess-7"


def test_what_litellm_wrote_as_text_is_opened() -> None:
    line = (SAMPLES / "litellm/openai.jsonl").read_bytes().split(b"\n")[0]
    value = json.loads(line)
    for name in ("messages", "response", "metadata", "model_parameters"):
        value[name] = json.dumps(value[name])

    (call,) = read(raw_lines(json.dumps(value).encode())).calls()
    (same,) = read(raw_lines(line)).calls()
    different = {name for name, said in call if said != getattr(same, name)}
    assert different == {"source"}


def test_litellm_logs_responses_too() -> None:
    content = [{"type": "output_text", "text": "Yes."}]
    item = {"type": "message", "role": "assistant", "content": content}
    answer = {"id": "resp_1", "object": "response", "status": "completed", "output": [item]}

    call = litellm(call_type="aresponses", response=answer)

    assert (call.output_text, call.finish_reason, call.response_id) == ("Yes.", "stop", "resp_1")


def test_an_embedding_is_no_call() -> None:
    [line, *_] = samples("litellm", "openai.jsonl")

    assert not calls(lines_of(line | {"call_type": "aembedding"}))


def test_a_model_that_only_the_tool_knows_is_an_alias() -> None:
    [line, *_] = samples("simonw_llm", "logs.jsonl")

    [aliased] = calls(lines_of(line))
    [named] = calls(lines_of(line | {"model": "gpt-4o-mini"}))

    assert (aliased.request_model, named.request_model) == (None, "gpt-4o-mini")
    assert (aliased.metadata or {})["model_alias"] == "shop-gpt-4o-mini"


def test_results_of_tools_stand_behind_the_turn_that_asked_for_them() -> None:
    asked, answered = samples("simonw_llm", "logs.jsonl")[4:6]

    call = next(one for one in calls(lines_of(answered, asked)) if one.output_text)
    [alone] = calls(lines_of(answered))

    assert [message.role for message in call.input_messages or ()] == ["user", "assistant", "tool"]
    assert (call.content, alone.content) == ("full", "partial")
    assert len(call.source) == 2


def test_tasks_of_a_server_that_started_again_are_new_calls() -> None:
    data = (SAMPLES / "server_logs" / "llamacpp_json_2024.jsonl").read_bytes()
    again = data.replace(b"139964472983552", b"139964472980000")

    assert len(calls(data + again)) == 16


def test_a_servers_durations_are_read_in_every_unit() -> None:
    [_, line, *_] = samples("server_logs", "tgi.jsonl")
    spans = [{"name": "generate", "total_time": text} for text in ("2s", "3.5ms", "40µs", "9ns")]

    found = calls(lines_of(*(line | {"span": span} for span in spans)))

    assert [call.latency_ms for call in found] == pytest.approx([2000, 3.5, 0.04, 0.000009])
