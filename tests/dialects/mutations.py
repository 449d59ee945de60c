"""The samples made harder: other texts, other ids and times, repeated to long files.

What a mutation does to a log is known, so what it does to the calls is, too.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

Change = Callable[[str], str]

CONTENT = frozenset(
    {
        "content", "text", "output_text", "delta", "partial_json", "arguments", "thinking",
        "refusal", "input", "prompt", "response", "output", "system", "instructions",
        "completion", "answer", "result", "reasoning", "reasoning_content", "args", "value",
        "question", "reply",
    }
)  # fmt: skip
"""Keys, or last words of dotted keys, under which formats keep what was said."""
_DOTTED = ("gen_ai.input.messages", "gen_ai.output.messages", "ai.response.object")
_KEPT = frozenset(
    {
        "error", "exception", "exc_info", "error_information", "error_str", "statusMessage",
        "status_message", "errors", "traceback", "tools", "evaluations", "assessments", "scores",
        "model_map_information", "validators", "checks", "guardrails", "metadata", "model_parameters",
    }
)  # fmt: skip
"""What says something about the call, and nothing that was said in it."""
_MEDIA = ("blob", "image", "file", "uri")
_BYTES = ("data:", "iVBOR", "http", "@@@", "mlflow-att", "s3://")
_PROMPT = re.compile(r"[\w-]+@v\d+")
_ID = re.compile(
    r"(?<![0-9A-Za-z])((?:chatcmpl|msg|resp|call|toolu|tooluse|req|rs|fc|item)[-_]|tr-)?"
    r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{15,64}|01[0-9a-hjkmnp-tv-z]{24})"
    r"(?![0-9A-Za-z])"
)
_BASE64_ID = re.compile(r'("(?:\w+_)?(?:trace|span)_id": ")([A-Za-z0-9+/]{22}==|[\w+/]{11}=)"')
_EPOCH = re.compile(r"(?<![0-9a-zA-Z.])1795\d{6}(?=\.|\d{3,9}\b|\b)")
_ISO = re.compile(r'2026-11-22T\d\d:\d\d:\d\d(?=[.Z+"\\])')


def lines_of(path: Path) -> list[str]:
    """The lines of a sample."""
    return [line for line in path.read_bytes().decode().split("\n") if line]


def reworded(line: str, change: Change) -> str:
    """The line with other words in what was said, as deep as JSON lies inside of JSON."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    return json.dumps(_walk(value, change, ""), ensure_ascii=len(line) % 2 == 0)


def everywhere(value: Any, change: Change) -> Any:
    """All strings changed, keys too: what is left of two calls that said the same."""
    if isinstance(value, dict):
        return {change(key): everywhere(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [everywhere(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def renamed(text: str, number: int) -> str:
    """The same log of another day: every id is another one of the same form."""

    def other(match: re.Match[str]) -> str:
        if match[2].isdigit():
            return match[0]
        digits = iter(sha256(f"{number}{match[2]}".encode()).hexdigest() * 2)
        return (match[1] or "") + "".join(c if c == "-" else next(digits) for c in match[2])

    def packed(match: re.Match[str]) -> str:
        size = len(base64.b64decode(match[2]))
        digest = sha256(f"{number}{match[2]}".encode()).digest()[:size]
        return f'{match[1]}{base64.b64encode(digest).decode()}"'

    return _ID.sub(other, _BASE64_ID.sub(packed, text))


def anonymous(text: str) -> str:
    """The text with one id for all, to compare what was renamed."""
    return _ID.sub(lambda match: match[0] if match[2].isdigit() else "ID", text)


def later(text: str, minutes: int) -> str:
    """The same log some minutes later."""
    moved = _EPOCH.sub(lambda match: str(int(match[0]) + 60 * minutes), text)
    shift = timedelta(minutes=minutes)
    return _ISO.sub(lambda match: (datetime.fromisoformat(match[0]) + shift).isoformat(), moved)


def _walk(value: Any, change: Change, key: str) -> Any:
    if isinstance(value, list):
        return [_walk(inner, change, key) for inner in value]
    if isinstance(value, str):
        return _string(value, change, key)
    if not isinstance(value, dict) or value.get("isApiErrorMessage"):
        return value
    named = value.get("key")
    if isinstance(named, str) and isinstance(value.get("value"), dict):
        kept = named in _KEPT or named.startswith(("exception", "error"))
        return value if kept else value | {"value": _attribute(value["value"], change, named)}
    held = _KEPT | ({"content", "data", "url"} if value.get("type") in _MEDIA else set())
    return {k: inner if k in held else _walk(inner, change, k) for k, inner in value.items()}


def _attribute(value: dict[str, Any], change: Change, key: str) -> dict[str, Any]:
    """A value of OTLP, which says its type."""
    if "stringValue" in value:
        return {"stringValue": _string(value["stringValue"], change, key)}
    if "arrayValue" in value:
        values = value["arrayValue"].get("values", [])
        return {"arrayValue": {"values": [_attribute(each, change, key) for each in values]}}
    if "kvlistValue" in value:
        values = value["kvlistValue"].get("values", [])
        return {"kvlistValue": {"values": [_walk(each, change, key) for each in values]}}
    return value


def _string(text: str, change: Change, key: str) -> str:
    if text[:1] in ("{", "[", '"') and key not in ("partial_json", "delta"):
        try:
            return json.dumps(_walk(json.loads(text), change, key))
        except ValueError:
            pass
    if text.startswith(("data: ", "event: ")):
        return "\n".join(
            "data: " + reworded(line[6:], change) if line.startswith("data: {") else line
            for line in text.split("\n")
        )
    said = key in _DOTTED or key.rsplit(".", 1)[-1] in CONTENT
    kept = text.startswith(_BYTES) or _PROMPT.fullmatch(text)
    return change(text) if said and not kept else text


def doubled(value: Any, asked: str, named: str) -> Any:
    """The value with the tool call of this id and name twice, side by side, under two ids.

    As deep as JSON lies inside of JSON, in each form in which a list holds tool calls.
    """
    if isinstance(value, str):
        if asked not in value or value[:1] not in '{["':
            return value
        try:
            return json.dumps(doubled(json.loads(value), asked, named))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {key: doubled(inner, asked, named) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    found = []
    for each in value:
        found.append(doubled(each, asked, named))
        if _is_tool_call(each, asked, named):
            found.append(json.loads(json.dumps(each).replace(asked, f"{asked[:-1]}_")))
    return found


def _is_tool_call(value: Any, asked: str, named: str) -> bool:
    """Whether this is the call itself, and neither its result nor a message around it."""
    if not isinstance(value, dict) or named not in json.dumps(value):
        return False
    own = value.get("toolUse") or value
    listed = value["kvlistValue"]["values"] if "kvlistValue" in value else []
    own = own | {item["key"]: item["value"].get("stringValue") for item in listed}
    return asked in (
        own.get(name) for name in ("id", "call_id", "toolCallId", "tool_call_id", "toolUseId")
    )
