"""One line of the marks file, written and read in full.

Every line has a head of small values first and the large values (`call`, `lines`) last.
The whole table is in docs/marks.md.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tailllm.corpus.clean import Cleaner
from tailllm.corpus.content import plain
from tailllm.records.call import Call
from tailllm.records.line import Address, RawLine

SCHEMA: Final = 1

_INVISIBLE = re.compile(
    "[\x7f-\xa0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)
"""Written as \\u escapes: `cat` and `git diff` of the file must show text that does nothing."""


@dataclass(frozen=True)
class KeptCall:
    """A line of the marks file in full: the call and the exact bytes it came from."""

    mark_id: str
    call: Call
    raw: tuple[RawLine, ...]
    paths: Mapping[str, str]
    """Path of each log file id, as it was when the call was marked."""


def moment(at: float) -> str:
    """Seconds since the epoch as UTC text with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    """The way back from `moment`; 0.0 for a text that is no time."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def encode(entry: Mapping[str, Any]) -> bytes:
    """One JSON line with its newline; no character in it acts on a terminal."""
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _INVISIBLE.sub(_escape, text).encode() + b"\n"


def is_inert(text: str) -> bool:
    """Whether a line could have come from `encode`: it shows all it holds, and does nothing."""
    return not _INVISIBLE.search(text) and min(text, default=" ") >= " "


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def body(
    call: Call, raw: Sequence[RawLine], paths: Mapping[str, str], cleaner: Cleaner
) -> dict[str, Any]:
    """The large part of a mark: the call as read, and its log lines, both without secrets."""
    return {
        "call": cleaner.value(plain(call)),
        "lines": [_line(line, paths, cleaner) for line in raw],
    }


def _line(line: RawLine, paths: Mapping[str, str], cleaner: Cleaner) -> dict[str, Any]:
    file, offset, length = line.address
    text = cleaner.line(line.text)
    return {
        "path": cleaner.text(paths.get(file, file)),
        "file": file,
        "offset": offset,
        "length": length,
        "sha256": hashlib.sha256(text).hexdigest(),
    } | _bytes(text)


def _bytes(text: bytes) -> dict[str, str]:
    try:
        return {"text": text.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(text).decode("ascii")}


def decode(line: bytes) -> KeptCall:
    """Read one mark line in full.

    Raises:
        ValueError: the line is no mark, or a log line in it no longer has its hash.
    """
    try:
        entry = json.loads(line)
        raw = tuple(_raw(item) for item in entry["lines"])
        paths = {item["file"]: item["path"] for item in entry["lines"]}
        return KeptCall(entry["mark_id"], Call.model_validate(entry["call"]), raw, paths)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a mark: {type(error).__name__}") from error


def _raw(item: Mapping[str, Any]) -> RawLine:
    if "text" in item:
        text = item["text"].encode()
    else:
        text = base64.b64decode(item["base64"], validate=True)
    if hashlib.sha256(text).hexdigest() != item["sha256"]:
        raise ValueError("the bytes of a log line no longer have their hash")
    return RawLine(Address(item["file"], item["offset"], item["length"]), text)
