"""Which version of a prompt a call used, also where nobody wrote it down."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from tailllm.dialects.messages import system_text
from tailllm.dialects.values import text
from tailllm.records.part import Fields


@cache
def _encoder() -> tuple[Callable[[Any], bytes], tuple[type[Exception], ...]]:
    """What writes tools as JSON, always in one order, and how it refuses."""
    import msgspec

    refusals = (msgspec.EncodeError, RecursionError, ValueError, OverflowError)
    return msgspec.json.Encoder(order="deterministic").encode, refusals


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
    if not tools:
        return _hashed(system or "", b"")
    encode, refusals = _encoder()
    try:
        return _hashed(system or "", encode(tools))
    except refusals:
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
    import msgspec

    found = msgspec.json.decode(tools)
    return _encoder()[0](found) if found else b""


@lru_cache(maxsize=1_024)
def _hashed(system: str, tools: bytes) -> str:
    from hashlib import sha256  # loads OpenSSL, which a log with versions never needs

    return "h:" + sha256(system.encode("utf-8", "replace") + b"\0" + tools).hexdigest()[:6]
