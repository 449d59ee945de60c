"""Pydantic AI, with or without Logfire: OpenTelemetry's conventions and a little more.

Source:
    pydantic/pydantic-ai, models/instrumented.py; the samples in
    tests/dialects/samples/pydantic_ai_logfire.
"""

import re
from typing import Any

from tailllm.dialects import house_names
from tailllm.dialects.decode import decode_text
from tailllm.dialects.otel_content import content
from tailllm.dialects.otel_fields import call_fields, outer_fields
from tailllm.dialects.otel_spans import OPERATIONS, cut
from tailllm.dialects.otlp import Span
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import count, filled, mapping, number, objects, text
from tailllm.records.part import Fields

_SCRUBBED = "[Scrubbed due to "
"""What Logfire writes over values whose names look secret."""
_REFUSED = re.compile(r'Content filter triggered\. Refusal: "(.*?)", body:', re.DOTALL)
"""A refusal is an error of the run; the request's own span does not hold the words."""
_SCOPES = frozenset({"pydantic-ai", "pydantic_ai", "logfire"})


class PydanticAI(SpanReader):
    """Spans of the scopes pydantic-ai and logfire."""

    name = "pydantic_ai_logfire"

    def claims(self, span: Span) -> bool:
        """The scope is the sign, and Logfire's mark on every span it exports."""
        return span.scope in _SCOPES or "logfire.span_type" in span.attributes

    def call(self, span: Span) -> Fields | None:
        """Model requests; runs of agents repeat them all."""
        attributes = _open(span.attributes)
        if text(attributes.get("gen_ai.operation.name")) not in OPERATIONS:
            return None
        fields = content(attributes) | call_fields(attributes)
        asked = attributes.get("model_request_parameters")
        if isinstance(asked, str) and "tool_definitions" not in fields:
            fields |= _tools(mapping(decode_text(asked)))
        reasoned = count(attributes.get("gen_ai.usage.details.reasoning_tokens"))
        if reasoned is not None:
            fields["usage"] = {"reasoning_output_tokens": reasoned} | fields.get("usage", {})
        if fields.get("usage"):
            # Without tokens it is worked out as 0.
            fields |= filled(cost=number(attributes.get("operation.cost")))
        if "ttft_ms" in fields:
            fields["stream"] = True
        if span.failed:
            fields.pop("response_model", None)
        return fields | cut(span, fields)

    def around(self, span: Span) -> Fields:
        """Whose it was. A request that failed has no messages: its run's are what was sent."""
        attributes = _open(span.attributes)
        found = house_names.named(attributes) | outer_fields(attributes)
        if span.failed and "pydantic_ai.all_messages" in attributes:
            sent = content(
                {
                    "gen_ai.input.messages": attributes["pydantic_ai.all_messages"],
                    "gen_ai.system_instructions": attributes.get("gen_ai.system_instructions"),
                }
            )
            found = sent | found
        refused = _REFUSED.search(span.message or "")
        return found | ({"refusal": refused[1]} if refused else {})


def _open(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes without those that were scrubbed."""
    return {
        name: value
        for name, value in attributes.items()
        if not (type(value) is str and value.startswith(_SCRUBBED))
    }


def _tools(asked: dict[str, Any]) -> Fields:
    tools = objects(asked.get("function_tools")) + objects(asked.get("output_tools"))
    if not tools:
        return {}
    return {"tool_definitions": [_tool(tool) for tool in tools]}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    kept = {name: tool[name] for name in ("name", "description", "strict") if name in tool}
    return kept | {"type": "function", "parameters": tool.get("parameters_json_schema")}
