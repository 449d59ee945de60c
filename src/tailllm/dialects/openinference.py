"""OpenInference: spans of Arize's instrumentations.

Messages are spread over `llm.input_messages.N.message.*`; the whole answer is in
`output.value` as JSON, and only there its id, a refusal and further choices.

Source:
    Arize-ai/openinference, spec/semantic_conventions.md; the samples in
    tests/dialects/samples/openinference.
"""

from typing import Any

from tailllm.dialects import bodies, house_names, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.indexed import spread
from tailllm.dialects.openinference_content import message
from tailllm.dialects.otel_content import answer
from tailllm.dialects.otel_fields import outer_fields
from tailllm.dialects.otel_spans import cut
from tailllm.dialects.otlp import Span
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import count, filled, mapping, number, text
from tailllm.records.part import Fields

_KIND = "openinference.span.kind"
_SENT, _SAID, _TOOLS = "llm.input_messages.", "llm.output_messages.", "llm.tools."
_FIRST_CHUNK = "First Token Stream Event"
_USAGE = {
    "llm.token_count.prompt": "input_tokens",
    "llm.token_count.completion": "output_tokens",
    "llm.token_count.prompt_details.cache_read": "cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_write": "cache_creation_input_tokens",
    "llm.token_count.completion_details.reasoning": "reasoning_output_tokens",
}
_NO_PARAMETERS = frozenset({"model", "stream"})


class OpenInference(SpanReader):
    """Spans with a kind; those of kind LLM are calls."""

    name = "openinference"

    def claims(self, span: Span) -> bool:
        """The kind is the sign."""
        return _KIND in span.attributes

    def call(self, span: Span) -> Fields | None:
        """A span of kind LLM."""
        attributes = span.attributes
        if attributes[_KIND] != "LLM":
            return None
        fields = _asked(attributes) | _answered(attributes)
        usage = filled(**{name: count(attributes.get(key)) for key, name in _USAGE.items()})
        if usage:
            fields["usage"] = usage
        first = span.event(_FIRST_CHUNK)
        if first is not None:
            fields |= filled(stream=True, ttft_ms=span.until_ms(first))
        return fields | _whose(attributes) | cut(span, fields)

    def around(self, span: Span) -> Fields:
        """Chains and agents know whose request it was."""
        return _whose(span.attributes)


def _asked(attributes: dict[str, Any]) -> Fields:
    say = attributes.get
    found = spread(attributes, _SENT, _TOOLS)
    parameters = _object(say("llm.invocation_parameters"))
    fields: Fields = filled(
        operation_name="chat",
        provider_name=text(say("llm.provider")) or text(say("llm.system")),
        request_model=text(say("llm.request.model_name")) or text(parameters.get("model")),
        stream=parameters.get("stream") is True if parameters else None,
        cost=number(say("llm.cost.total")),
        input_messages=[message(item) for item in found.get(_SENT, ())] or None,
        tool_definitions=[_tool(item) for item in found.get(_TOOLS, ())] or None,
        request_params={k: v for k, v in parameters.items() if k not in _NO_PARAMETERS} or None,
    )
    if "input_messages" not in fields:
        body = _object(say("input.value"))
        if bodies.form_of(body):
            fields = bodies.request(body) | fields
    return fields


def _answered(attributes: dict[str, Any]) -> Fields:
    """The answer as it came, if it is there; else the messages it was spread over."""
    body = _object(attributes.get("output.value"))
    said = spread(attributes, _SAID).get(_SAID, [])
    fields = answer([message(item) for item in said])
    if body:
        form = bodies.form_of(None, body)
        known = form.answer(body) if form and not bodies.is_error(body) else {}
        fields |= filled(response_id=text(body.get("id")), response_model=text(body.get("model")))
        if "output_messages" in known:
            # The instrumentation writes a refusal as text; the body has what was text.
            fields.pop("output_text", None)
        fields |= {name: value for name, value in known.items() if name in _ANSWER}
    if "response_model" not in fields and said:
        fields |= filled(response_model=text(attributes.get("llm.model_name")))
    return fields | terms.finish(attributes.get("llm.finish_reason"))


_ANSWER = frozenset(
    {
        "output_messages",
        "output_text",
        "tool_calls",
        "refusal",
        "finish_reason",
        "finish_reason_raw",
        "metadata",
    }
)
"""What a body tells better than its span.

The span knows how the call ended and counts tokens in one way for all providers; and a
response repeats its instructions and tools, while what was sent is in the span.
"""


def _whose(attributes: dict[str, Any]) -> Fields:
    say = attributes.get
    metadata = _object(say("metadata"))
    found = house_names.named(metadata) | outer_fields(attributes)
    return found | filled(
        prompt_version=text(say("llm.prompt_template.version")),
        tags=say("tag.tags"),
        metadata=metadata or None,
    )


def _tool(item: dict[str, Any]) -> Any:
    schema = mapping(item.get("tool")).get("json_schema")
    opened = decode_text(schema) if isinstance(schema, str) else schema
    return schema if opened is None else opened


def _object(value: Any) -> dict[str, Any]:
    return mapping(decode_text(value)) if isinstance(value, str) and value[:1] == "{" else {}
