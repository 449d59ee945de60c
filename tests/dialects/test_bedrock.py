"""Bedrock's records, beyond what the samples show."""

import json
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import raw_lines, read

SONNET = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


def record(asked: Any = None, answered: Any = None, **more: Any) -> dict[str, Any]:
    value: dict[str, Any] = {"schemaType": "ModelInvocationLog", "requestId": "r"}
    value |= {"operation": "Converse", "modelId": SONNET, "timestamp": "2026-11-22T14:06:57Z"}
    value |= {"input": {"inputBodyJson": asked}, "output": {"outputBodyJson": answered}}
    return value | more


def only(value: dict[str, Any]) -> Call:
    [call] = read(raw_lines(json.dumps(value).encode())).calls()
    return call


def converse(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": list(blocks)}
    return {"output": {"message": message}, "stopReason": "end_turn"} | more


def asking(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(blocks)}], "inferenceConfig": {}}


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        (SONNET, "claude-sonnet-4-5-20250929"),
        ("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku-20240307"),
        ("meta.llama3-1-70b-instruct-v1:0", "llama3-1-70b-instruct"),
        (f"arn:aws:bedrock:eu-west-1:1:inference-profile/{SONNET}", "claude-sonnet-4-5-20250929"),
        ("us.amazon.nova-pro-v1:0", "nova-pro"),
    ],
)
def test_a_model_is_named_without_region_vendor_and_version(model_id: str, name: str) -> None:
    call = only(record(asking({"text": "Hi"}), converse({"text": "Yes"}), modelId=model_id))

    assert (call.request_model, call.response_model) == (name, name)


def test_an_opaque_profile_is_no_model_that_answered() -> None:
    arn = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc123"

    call = only(record(asking({"text": "Hi"}), converse({"text": "Yes"}), modelId=arn))

    assert (call.request_model, call.response_model) == ("abc123", None)


def test_caches_count_as_input() -> None:
    used = {"inputTokens": 10, "outputTokens": 3}
    used |= {"cacheReadInputTokens": 100, "cacheWriteInputTokens": 1000}

    call = only(record(asking({"text": "Hi"}), converse({"text": "Yes"}, usage=used)))

    assert (call.usage.input_tokens, call.usage.output_tokens) == (1110, 3)
    assert (call.metadata or {})["provider_raw_input_tokens"] == 10


def test_counts_of_the_record_stand_in_for_a_body_without_usage() -> None:
    value = record(asking({"text": "Hi"}), converse({"text": "Yes"}))
    value["input"] |= {"inputTokenCount": 10, "cacheReadInputTokenCount": 5}
    value["output"] |= {"outputTokenCount": 3}

    assert only(value).usage.model_dump(exclude_none=True) == {
        "input_tokens": 15, "output_tokens": 3, "cache_read_input_tokens": 5, "estimated": False,
    }  # fmt: skip


def test_a_body_that_knows_of_no_caches_does_not_tell_the_total() -> None:
    said = converse({"text": "Yes"}, usage={"inputTokens": 10, "outputTokens": 3})
    value = record(asking({"text": "Hi"}), said)
    value["input"] |= {"inputTokenCount": 10, "cacheReadInputTokenCount": 5}

    usage = only(value).usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (15, 5, 3)


def test_blocks_are_shown_as_what_they_are() -> None:
    image = {"format": "png", "source": {"bytes": "AAAA"}}
    result = {"toolUseId": "t", "content": [{"json": {"free": 7}}]}
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm."}}}

    call = only(record(asking({"image": image}, {"toolResult": result}), converse(thought)))

    assert call.input_messages
    assert call.output_messages
    picture, answer = call.input_messages[0].parts
    assert (picture.type, picture.mime_type, picture.size) == ("blob", "image/png", 4)
    assert (answer.type, answer.id, answer.response) == ("tool_call_response", "t", {"free": 7})
    assert call.output_messages[0].parts[0].type == "reasoning"


def test_a_body_in_s3_is_a_reference() -> None:
    value = record(asking({"text": "Hi"}))
    value["output"] = {"outputBodyS3Path": "s3://bucket/body.json.gz", "outputTokenCount": 3}

    call = only(value)

    assert (call.status, call.content, call.output_text) == ("ok", "reference", None)
    assert call.usage.output_tokens == 3


def test_a_model_that_completes_text_is_read() -> None:
    answered = {"results": [{"outputText": "Yes", "completionReason": "FINISH"}]}

    call = only(record({"inputText": "Hi"}, answered, modelId="amazon.titan-text-express-v1"))

    assert call.input_messages
    assert call.input_messages[0].text == "Hi"
    assert (call.output_text, call.finish_reason_raw) == ("Yes", "FINISH")


def test_an_embedding_is_no_call() -> None:
    value = record(
        {"inputText": "Hi"}, {"embedding": [0.1]}, modelId="amazon.titan-embed-text-v2:0"
    )

    assert not read(raw_lines(json.dumps(value).encode())).calls()
