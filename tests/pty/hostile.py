"""Logs that attack whoever reads them, and what must be readable of them."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from tailllm import ink
from tests.pty.patterns import BYTES, PATTERNS

TEXTS = {name: f"LK{n:03d}{text}|end" for n, (name, text) in enumerate(PATTERNS.items())}
"""Each pattern with a number before it, so that it is told from what Textual writes itself."""
BROKEN = {name: f"BR{n:03d}{text}|end" for n, (name, text) in enumerate(PATTERNS.items())}
RAW = {name: b"BY%03d" % n + data + b"|end" for n, (name, data) in enumerate(BYTES.items())}
HOSTILE_NAME = "a\x1b]0;owned\x07[red][x]\u202e\n-rf.jsonl"


def everywhere(text: str, number: int) -> dict[str, Any]:
    """A native call with `text` in every place where text can stand."""
    says = {"role": "user", "content": text}
    tool = {"type": "function", "function": {"name": text, "description": text}}
    return {
        "tailllm": 1,
        "ts": f"2026-11-22T14:{number // 60:02d}:{number % 60:02d}.000Z",
        "ms": 76.6,
        **dict.fromkeys(("id", "model", "provider", "session", "user", "finish", "output"), text),
        "prompt": {"name": text, "version": text},
        "messages": [
            {"role": "system", "content": text},
            {**says, "role": text, "name": text},
            says,
        ],
        "tools": [tool],
        "tool_calls": [{"id": text, "name": text, "arguments": json.dumps({text: text})}],
        "params": {text: text},
        "metadata": {text: [text]},
        "tags": [text],
        "checks": [{"name": text, "ok": False, "why": text}],
        "error": {"type": text, "message": text, "status": 500},
    }


def calls() -> bytes:
    """One call for each pattern, the patterns as JSON escapes."""
    return b"".join(
        json.dumps(everywhere(text, n)).encode() + b"\n" for n, text in enumerate(TEXTS.values())
    )


def broken() -> bytes:
    """Lines that nobody can read as a call, with the patterns as they are."""
    lines = [text.replace("\n", "").encode("utf-8", "surrogatepass") for text in BROKEN.values()]
    return b"".join(b"{" + line + b"\n" for line in (*lines, *RAW.values()))


def write_log(folder: Path, name: str = "hostile.jsonl") -> Path:
    """A log with all of it."""
    path = folder / name
    path.write_bytes(broken() + calls())
    return path


def marker(text: str | bytes) -> str:
    """The number before a pattern."""
    return text[:5] if isinstance(text, str) else text[:5].decode("ascii")


def readable(text: str) -> str:
    """What a person must find on a reading pane, however it is wrapped."""
    return squeezed(ink.block(text))


def squeezed(text: str) -> str:
    """Without what wrapping adds, and with marks in the order the test's terminal keeps them."""
    return unicodedata.normalize("NFC", re.sub(r"[\s│▌]", "", text))
