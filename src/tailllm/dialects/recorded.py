"""What `tailllm.record` adds to a native line: how the exchange went.

The table is in docs/recording.md.
"""

from typing import Any

from tailllm.dialects.values import filled, http_status, mapping, text
from tailllm.records.part import Fields

RECORDED = frozenset(
    {"http_status", "request_id", "attempt", "url", "sample", "cut", "ended", "redacted"}
)
"""A line with none of these was written by somebody else."""
_ABOUT = ("request_id", "attempt", "url", "sample")
_LONGEST_MESSAGE = 500


def exchange(value: dict[str, Any], fields: Fields) -> Fields:
    """The fields that the exchange tells, given those that the bodies told."""
    found = filled(http_status=http_status(value.get("http_status")))
    about = {name: value[name] for name in _ABOUT if value.get(name) is not None}
    if about:
        found["metadata"] = about | mapping(fields.get("metadata"))
    found |= _status(value, fields, found.get("http_status"))
    warnings = _warnings(value)
    if warnings:
        found["warnings"] = [*fields.get("warnings", []), *warnings]
    if value.get("cut"):
        found["content"] = "truncated"
    return found


def _status(value: dict[str, Any], fields: Fields, code: int | None) -> Fields:
    known = fields.get("status")
    if known == "error":
        return {}
    if code is not None and code >= 400:
        said = value.get("response")
        message = said[:_LONGEST_MESSAGE] if isinstance(said, str) else None
        return {"status": "error"} | filled(error_type=f"HTTP {code}", error_message=text(message))
    if value.get("ended"):
        return {} if known == "ok" else {"status": "incomplete"}
    return {"status": "ok"} if known is None and code is not None and "response" in value else {}


def _warnings(value: dict[str, Any]) -> list[str]:
    found = []
    for name, sizes in mapping(value.get("cut")).items():
        whole = mapping(sizes).get("bytes")
        found.append(f"the {name} was cut when it was recorded; it had {whole} bytes")
    if value.get("ended"):
        found.append(f"the call did not end: {value['ended']}")
    if value.get("undecoded"):
        found.append(f"the response could not be unpacked: {value['undecoded']}")
    secrets = mapping(value.get("redacted"))
    if secrets:
        found.append(f"secrets are redacted: {', '.join(secrets)}")
    return found
