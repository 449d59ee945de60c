"""Bodies as they came over the wire, made fit for a line of JSON."""

import re
import zlib
from collections import Counter
from json.encoder import encode_basestring
from typing import NamedTuple

import msgspec

from tailllm.redact import redact

_DELTAS = {
    "/responses": rb'"type": ?"response\.\w[\w.]*\.delta"',
    "/messages": rb'"type": ?"(?:content_block_delta|tool_use)"',
}
_CHAT = rb'"(?:content|reasoning_content|reasoning|refusal|arguments|name|text)": ?"[^"]'
_FINAL = re.compile(
    rb'data: ?\[DONE\]|"type": ?"(?:message_stop|response\.(?:completed|incomplete|failed))"'
)


class Body(NamedTuple):
    """A body as a value of JSON."""

    json: str
    redacted: Counter[str]
    replaced: bool = False
    """Some of it was no UTF-8 and is replaced."""


def embed(raw: bytes, *, redacted: bool, as_text: bool = False) -> Body:
    """The body as a JSON value, byte for byte where it is JSON on one line.

    Everything else becomes a string: the text of an event stream, JSON over several lines
    and what is no JSON at all. Unpacking the string gives the same bytes.
    """
    replaced = False
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text, replaced = raw.decode("utf-8", "replace"), True
    fired: Counter[str] = Counter()
    if redacted:
        text, fired = redact(text)
    if as_text or "\n" in text or "\r" in text or not is_json(text):
        text = encode_basestring(text)
    return Body(text, fired, replaced)


def is_json(text: str) -> bool:
    """Whether the reader of the line will read this, too: it uses the same decoder."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
    return True


def unpacked(raw: bytes, encoding: str, cap_bytes: int) -> tuple[bytes | None, bool]:
    """The body without its content coding, and whether it was longer than `cap_bytes`.

    Returns:
        None for a coding that cannot be undone here. Of a body that broke off, what is there.
    """
    for coding in reversed([name.strip() for name in encoding.lower().split(",") if name.strip()]):
        if coding == "identity":
            continue
        if coding not in {"gzip", "x-gzip", "deflate"}:
            return _by_library(raw, encoding, cap_bytes)
        found = _inflated(raw, cap_bytes)
        if found is None:
            return None, False
        raw = found
    return raw[:cap_bytes], len(raw) > cap_bytes


def first_token(raw: bytes, path: str) -> int | None:
    """How many bytes of an event stream had come when the first token was complete."""
    pattern = next((way for end, way in _DELTAS.items() if path.endswith(end)), _CHAT)
    match = re.search(pattern, raw)
    return match.end() if match else None


def is_finished(raw: bytes) -> bool:
    """Whether an event stream says that it is over: many clients stop reading there."""
    return _FINAL.search(raw, max(0, len(raw) - 100_000)) is not None


def _inflated(raw: bytes, cap_bytes: int) -> bytes | None:
    for window_bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(window_bits).decompress(raw, cap_bytes + 1)
        except zlib.error:
            continue
    return None


def _by_library(raw: bytes, encoding: str, cap_bytes: int) -> tuple[bytes | None, bool]:
    """Brotli and Zstandard, when the client could ask for them because it can undo them."""
    import httpx

    try:
        whole = httpx.Response(200, headers={"content-encoding": encoding}, content=raw).content
    except Exception:  # noqa: BLE001 -- each library has its own errors
        return None, False
    if whole == raw:
        return None, False
    return whole[:cap_bytes], len(whole) > cap_bytes
