"""Words that every provider spells in its own way, and what an exception's text tells."""

import ast
import json
import re
from typing import Any

from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import filled, http_status, mapping, string, text

_FINISH = {
    "stop": "stop",
    "end_turn": "stop",
    "completed": "stop",
    "stop_sequence": "stop",
    "eos_token": "stop",
    "eos": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "model_length": "length",
    "incomplete": "length",
    "tool_calls": "tool_call",
    "tool_call": "tool_call",
    "tool_use": "tool_call",
    "function_call": "tool_call",
    "content_filter": "content_filter",
    "content_filtered": "content_filter",
    "refusal": "content_filter",
    "guardrail_intervened": "content_filter",
    "safety": "content_filter",
    "recitation": "content_filter",
    "blocklist": "content_filter",
    "prohibited_content": "content_filter",
    "spii": "content_filter",
    "error": "error",
    "failed": "error",
    "malformed_function_call": "error",
}
REFUSED = 400
"""HTTP statuses from here on are errors."""
_PASSED = frozenset({"pass", "passed", "true", "ok", "success", "yes"})
_FAILED = frozenset({"fail", "failed", "false", "failure", "no"})
_STATUS_PREFIX = re.compile(
    r"Error code: (\d{3})(?: - )?|status_code: (\d{3}), model_name: [^,]{0,200}, body: "
)
_CLASS_PREFIX = re.compile(r"((?:\w+\.)*\w*(?:Error|Exception|Timeout)): ", re.ASCII)
_REPR = re.compile(
    r"((?:\w+\.)*\w*(?:Error|Exception|Timeout))\((?:(['\"])(.*)\2,?)?\)", re.ASCII | re.DOTALL
)
"""How Python prints an exception: `TimeoutError('timed out')`."""
_LONGEST_PAGE = 2_000
"""Characters of a gateway's error page that are worth showing."""
_LONGEST_BODY = 100_000
"""Characters of an error body that are worth parsing."""


def finish(word: Any) -> dict[str, Any]:
    """The finish fields for a provider's word; an unknown word is kept as it is."""
    if not isinstance(word, str) or not word:
        return {}
    known = _FINISH.get(word.lower().replace("-", "_"))
    return (
        {"finish_reason": known, "finish_reason_raw": word}
        if known
        else {"finish_reason_raw": word}
    )


def passed(label: Any) -> bool | None:
    """Whether a verdict's label means passed; None for a label that is neither."""
    word = str(label).lower() if isinstance(label, str | bool) else ""
    return True if word in _PASSED else False if word in _FAILED else None


def error_body(body: Any) -> dict[str, Any]:
    """The error fields of an error object as providers send it.

    The provider's code ("rate_limit_exceeded") says more than its type ("requests").
    """
    body = mapping(body)
    inner = mapping(body.get("error")) or body
    words = (text(inner.get(name)) for name in ("code", "type", "status"))
    named = [word for word in words if word]
    return filled(
        error_type=next((word for word in named if not word.isdigit()), next(iter(named), None)),
        error_message=text(inner.get("message")) or string(body.get("error")),
        http_status=http_status(inner.get("status")) or http_status(inner.get("code")),
    )


def refusal_body(body: Any) -> dict[str, Any]:
    """The error fields of whatever came with an HTTP status from 400 on: gateways write their own.

    Args:
        body: A provider's error, any other object, a list of one, or the text of a page.
    """
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, str):
        return filled(error_message=body[:_LONGEST_PAGE].strip() or None)
    body = mapping(body)
    said = (_message(body.get(name)) for name in ("message", "detail", "error", "title", "msg"))
    kinds = (text(body.get(name)) for name in ("error_type", "__type", "type", "code"))
    plain = filled(
        error_type=next(filter(None, kinds), None), error_message=next(filter(None, said), None)
    )
    return plain | error_body(body)


def _message(value: Any) -> str | None:
    return text(value) if isinstance(value, str) else json.dumps(value) if value else None


def error_text(message: Any, kind: Any = None) -> dict[str, Any]:
    """The error fields of an exception's class and text.

    Client libraries put the status and the provider's whole error body into the text:
    `Error code: 429 - {'error': {'code': 'rate_limit_exceeded', …}}`. What is in there is
    truer than the class name.
    """
    found = filled(error_type=text(kind), error_message=text(message))
    said = found.get("error_message")
    if not said:
        return found
    if match := _REPR.fullmatch(said):
        said = match[3] or said
        found = {"error_type": match[1]} | found
    if match := _CLASS_PREFIX.match(said):
        found = {"error_type": match[1]} | found
        said = said[match.end() :]
    if match := _STATUS_PREFIX.match(said):
        found["http_status"] = int(match[1] or match[2])
        said = said[match.end() :]
    found["error_message"] = said or found["error_message"]
    return found | _body_in(said)


def _body_in(said: str) -> dict[str, Any]:
    if not said.startswith("{") or len(said) > _LONGEST_BODY:
        return {}
    body = decode_text(said)
    if body is None:
        try:
            body = ast.literal_eval(said)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return {}
    return error_body(body)
