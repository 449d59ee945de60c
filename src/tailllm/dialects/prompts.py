"""Which version of a prompt a call used, also where nobody wrote it down."""

from functools import lru_cache
from hashlib import sha256

import msgspec

from tailllm.dialects.messages import system_text
from tailllm.dialects.values import text
from tailllm.records.part import Fields

_encode = msgspec.json.Encoder(order="deterministic").encode


def prompt_version(fields: Fields) -> str | None:
    """The version as logged; else `h:` and a hash of the system text and the tools.

    None where there is neither, and where they were cut: half a prompt is no version.
    """
    logged = text(fields.get("prompt_version"))
    if logged or fields.get("content") == "truncated":
        return logged
    system = system_text(fields.get("input_messages"), fields.get("system_instructions"))
    tools = fields.get("tool_definitions")
    if system is None and not tools:
        return None
    try:
        return _hashed(system or "", _encode(tools) if tools else b"")
    except (msgspec.EncodeError, RecursionError, ValueError, OverflowError):
        return None


def version_of(system: str | None, tools: bytes | None) -> str | None:
    """The same from a system text and the undecoded JSON of the tools.

    Raises:
        ValueError, msgspec.DecodeError: The tools are no JSON that could be hashed.
    """
    if system is None and tools is None:
        return None
    listed = _listed(bytes(tools)) if tools is not None else b""
    return None if system is None and not listed else _hashed(system or "", listed)


@lru_cache(maxsize=1_024)
def _listed(tools: bytes) -> bytes:
    found = msgspec.json.decode(tools)
    return _encode(found) if found else b""


@lru_cache(maxsize=1_024)
def _hashed(system: str, tools: bytes) -> str:
    return "h:" + sha256(system.encode("utf-8", "replace") + b"\0" + tools).hexdigest()[:6]
