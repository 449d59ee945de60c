"""Bedrock's model invocation log: one record a request, with the bodies as they were.

The Converse operations have one form for all models; InvokeModel has the provider's own.
"""

import re
from typing import Any

from tailllm.dialects import bodies, converse_body, terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import (
    duration,
    filled,
    first,
    instant,
    mapping,
    objects,
    string,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_MODEL = re.compile(
    r"(?:[\w-]+\.)?(?P<vendor>[a-z0-9]+)\.(?P<name>.+?)(?:-v?\d)?(?::\d+(?::\w+)?)?"
)
"""`eu.anthropic.claude-sonnet-4-5-20250929-v1:0`: region, vendor, name, version."""
_NO_CHAT = re.compile(r"embed|rerank")
_STREAMS = {
    "Converse": False,
    "ConverseStream": True,
    "InvokeModel": False,
    "InvokeModelWithResponseStream": True,
}
_HTTP = {
    "ValidationException": 400,
    "ServiceQuotaExceededException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ModelStreamErrorException": 424,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
}
"""The API reference gives each exception its status; the log has only the name."""
_NAMED = {
    "session_id": ("session", "sessionId", "session_id"),
    "conversation_id": ("conversation", "conversationId", "conversation_id"),
    "user_id": ("user", "userId", "user_id"),
    "prompt_name": ("prompt", "promptName", "prompt_name"),
    "prompt_version": ("promptVersion", "prompt_version"),
}
"""The application's own words in `requestMetadata`."""
_KEPT = ("requestId", "modelId", "region", "inferenceRegion", "accountId", "requestMetadata")
_METRICS = "amazon-bedrock-invocationMetrics"
_ASKED_TEXT = ("prompt", "inputText")

_CACHES = ("cache_read_input_tokens", "cache_creation_input_tokens")


class BedrockInvocation(Dialect):
    """`{"schemaType": "ModelInvocationLog", …}`."""

    name = "bedrock_invocation"

    def claims(self, value: dict[str, Any]) -> bool:
        """The type of the schema is the sign."""
        return value.get("schemaType") == "ModelInvocationLog"

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is one call; retries are lines of their own."""
        if _NO_CHAT.search(text(value.get("modelId")) or ""):
            return "an embedding or a ranking, no chat"
        fields = bodies.together(_asked(value), _answered(value), _around(value))
        error = text(value.get("errorCode"))
        if error:
            message = text(value.get("errorMessage"))
            fields |= {"status": "error"} | terms.error_text(message, error)
            fields |= filled(http_status=_HTTP.get(error))
        fields["format"] = self.name
        own = text(value.get("requestId"))
        names = filled(resp=text(fields.get("response_id")), bedrock_invocation=own)
        keys = tuple(f"{kind}:{name}" for kind, name in names.items())
        return [Part(keys or (line_key(address),), fields, address)]


def _around(value: dict[str, Any]) -> Fields:
    said = mapping(value.get("requestMetadata"))
    metadata = {name: value[name] for name in _KEPT if value.get(name) is not None}
    metadata |= filled(identity=text(mapping(value.get("identity")).get("arn")))
    named = {field: text(first(said, *names)) for field, names in _NAMED.items()}
    return filled(
        operation_name="chat",
        provider_name="aws.bedrock",
        request_model=_model(value)[0],
        stream=_STREAMS.get(text(value.get("operation")) or ""),
        start_time=instant(value.get("timestamp")),
        metadata=metadata,
        **named,
    )


def _model(value: dict[str, Any]) -> tuple[str | None, bool]:
    """The model's name, and whether the id names a model and not a profile or a router."""
    model_id = (text(value.get("modelId")) or "").rpartition("/")[2]
    match = _MODEL.fullmatch(model_id)
    return (match["name"], True) if match else (model_id or None, False)


def _asked(value: dict[str, Any]) -> Fields:
    place = mapping(value.get("input"))
    path = text(place.get("inputBodyS3Path"))
    if path:
        return {"content": "reference", "metadata": {"inputBodyS3Path": path}}
    body = bodies.opened(place.get("inputBodyJson"))
    if converse_body.is_request(body) and bodies.form_of(body) is not bodies.MESSAGES:
        return converse_body.request(body)
    if not isinstance(body, dict):
        return {}
    if "messages" in body:
        return bodies.request(body)
    return filled(input_messages=string(first(body, *_ASKED_TEXT)))


def _answered(value: dict[str, Any]) -> Fields:
    place = mapping(value.get("output"))
    counted = converse_body.used(mapping(value.get("input")) | place)
    path = text(place.get("outputBodyS3Path"))
    if path:
        found: Fields = {"status": "ok", "metadata": {"outputBodyS3Path": path}}
        found["content"] = "reference"
    else:
        body = bodies.opened(place.get("outputBodyJson"))
        found = _body(body) | _measured(body)
    found = bodies.together(counted, found)
    found["usage"] = _used(mapping(counted.get("usage")), mapping(found.get("usage")))
    model, known = _model(value)
    if known and found.get("status") in ("ok", "error") and place:
        found.setdefault("response_model", model)
    return found


def _used(counted: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The body's numbers over the record's; its total only where it knows of the caches too."""
    cached = [name for name in _CACHES if counted.get(name) and name not in said]
    return counted | {name: n for name, n in said.items() if name != "input_tokens" or not cached}


def _body(body: Any) -> Fields:
    if converse_body.is_answer(body):
        return converse_body.answer(body)
    if bodies.form_of(None, body) or bodies.is_error(body):
        found = bodies.answer(body)
        if found.get("status") == "incomplete":
            found |= {"status": "error", "warnings": ["the stream was cut"]}
        return found
    return _text_answer(mapping(body))


def _text_answer(body: dict[str, Any]) -> Fields:
    """A model that only completes text: each vendor has a name for it."""
    outputs = [*objects(body.get("results")), *objects(body.get("outputs")), body]
    for output in outputs:
        said = string(first(output, "outputText", "generation", "completion", "text"))
        if said is not None:
            message = {"role": "assistant", "content": said}
            stopped = first(output, "completionReason", "stop_reason", "stopReason")
            finish = terms.finish(stopped)
            return {"status": "ok", "output_text": said, "output_messages": [message]} | finish
    return {}


def _measured(body: Any) -> Fields:
    """A stream's last event says how long it took."""
    events = objects(body) if isinstance(body, list) else [mapping(body)]
    metrics: dict[str, Any] = {}
    for event in events[-2:]:
        metrics = mapping(event.get(_METRICS)) or metrics
    return filled(
        latency_ms=duration(metrics.get("invocationLatency")),
        ttft_ms=duration(metrics.get("firstByteLatency")),
    )
