"""A first mapping for a log that no dialect knows, from key names and the shape of values."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tailllm.dialects.decode import decode
from tailllm.dialects.joiner import unwrapped
from tailllm.dialects.values import count, duration, instant, mapping

_DEEPEST = 5
_ENOUGH = 2
"""So many of the telling fields make a line look like a call."""
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS = (
    "event", "type", "kind", "ev", "evt", "event_type", "action", "msg", "message", "name", "op",
    "operation",
)  # fmt: skip
_MODEL = re.compile(
    r"([\w.-]+[/.])?(gpt|claude|gemini|gemma|llama|mistral|mixtral|qwen|deepseek|phi|command|o\d)"
    r"[-\w.:]*\d[-\w.:]*",
    re.IGNORECASE,
)
"""A value that can only be a model's name, whatever its key."""
_BY_VALUE = 99


class _Field(NamedTuple):
    """How a field is called elsewhere, and what its value must be."""

    name: str
    keys: str
    fits: Callable[[Any], bool]
    tells: bool = False
    """Whether a line that has it may be a call."""


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _short(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 80


def _tokens(value: Any) -> bool:
    return not isinstance(value, str) and count(value) is not None


def _span(value: Any) -> bool:
    return not isinstance(value, str) and duration(value) is not None


def _time(value: Any) -> bool:
    at = instant(value)
    return at is not None and at > 1e8


def _messages(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all("role" in mapping(each) or _text(each) for each in value)
    return _text(value)


def _answer(value: Any) -> bool:
    return _text(value) or "content" in mapping(value)


_FIELDS = (
    _Field("time", r"ts|time|timestamp|at|start|started|starttime|startedat|when|t", _time),
    _Field("end_time", r"end|ended|endtime|endedat|finishedat", _time),
    _Field("latency_ms", r"ms|latencyms|durationms|elapsedms|tookms|latency|duration", _span),
    _Field(
        "latency_s",
        r"took|elapsed|seconds|secs|latencys|durations|elapseds|tooks|durs|dur|rt",
        _span,
    ),
    _Field("ttft_ms", r"ttft|ttftms|firsttokenms|timetofirsttokenms", _span),
    _Field("model", r"model|modelname|modelid|llm|llmmodel|engine|deployment", _short, tells=True),
    _Field("provider", r"provider|vendor|backend", _short),
    _Field("id", r"responseid|completionid|id", _short),
    _Field("system", r"system|systemprompt|instructions", _text),
    _Field(
        "messages",
        r"messages|prompt|input|asked|question|query|conversation|history|userprompt|msgs|chat|q",
        _messages,
        tells=True,
    ),
    _Field(
        "output",
        r"output|completion|response|answer|reply|said|generated|outputtext|responsetext|text|ans|a",
        _answer,
        tells=True,
    ),
    _Field("tools", r"tools|functions", lambda value: isinstance(value, list)),
    _Field("tool_calls", r"toolcalls|functioncalls", lambda value: isinstance(value, list)),
    _Field("finish", r"finish|finishreason|stopreason|stop", _short, tells=True),
    _Field(
        "input_tokens",
        r"inputtokens|prompttokens|tokensin|intokens|input|in|tin|promptlen|tokin|toksin|nin",
        _tokens,
        tells=True,
    ),
    _Field(
        "output_tokens",
        r"outputtokens|completiontokens|tokensout|outtokens|output|out|tout|tokout|toksout|nout",
        _tokens,
        tells=True,
    ),
    _Field("cached_tokens", r"cachedtokens|cachedinputtokens|cached", _tokens),
    _Field("cost", r"cost|costusd|usd|price", _span),
    _Field("error", r"error|err|exception", lambda value: _text(value) or bool(mapping(value))),
    _Field("http_status", r"httpstatus|statuscode|status", lambda v: _tokens(v) and 100 <= v < 600),
    _Field("prompt_name", r"promptname|promptid|template", _short),
    _Field("session", r"session|sessionid|sid", _short),
    _Field("conversation", r"conversationid|threadid", _short),
    _Field("user", r"user|userid|uid|enduser", _short),
    _Field("host", r"hostname|host|node|machine|pod", _short),
    _Field("route", r"route|feature", _short),
    _Field("trace_id", r"traceid", _short),
)
_NAMES = {field.name: re.compile(field.keys) for field in _FIELDS}


def mapping_for(name: str, lines: Sequence[bytes]) -> str | None:
    """A `[dialects.NAME]` table to start from; None when no line looks like a call.

    Args:
        name: What to call the format.
        lines: Some of its lines, as they are in the file.
    """
    objects = [
        value
        for line in unwrapped(lines)
        for value in decode(line).values
        if isinstance(value, dict)
    ]
    guesses = [(value, _guess(value)) for value in objects]
    likely = [(value, found) for value, found in guesses if _tells(found) >= _ENOUGH]
    if not likely:
        return None
    paths: dict[str, str] = {}
    for field in _FIELDS:
        said = Counter(found[field.name] for _, found in likely if field.name in found)
        best = next((path for path, _ in said.most_common() if path not in paths.values()), None)
        if best:
            paths[field.name] = best
    if "latency_ms" in paths:
        paths.pop("latency_s", None)
    calls = [value for value, _ in likely]
    others = [value for value, found in guesses if _tells(found) < _ENOUGH]
    lines_out = [
        f"# {len(calls)} of {len(objects)} lines look like calls; check every path.",
        f"[dialects.{name}]",
        f"match = {_toml(_match(calls, others, paths))}",
        *(f"{field} = {_toml(path)}" for field, path in paths.items()),
    ]
    return "\n".join(lines_out) + "\n"


def _guess(value: dict[str, Any]) -> dict[str, str]:
    """The likeliest path of each field in one line: the key's names in their order, then depth."""
    ranked: dict[str, tuple[int, str]] = {}
    for path, key, inner in _walk(value, "", 0):
        plain = re.sub(r"[^a-z0-9]", "", key.lower())
        for field in _FIELDS:
            if not _NAMES[field.name].fullmatch(plain) or not field.fits(inner):
                continue
            rank = field.keys.split("|").index(plain)
            if field.name not in ranked or rank < ranked[field.name][0]:
                ranked[field.name] = (rank, path)
        if _short(inner) and _MODEL.fullmatch(inner):
            ranked.setdefault("model", (_BY_VALUE, path))
    return {name: path for name, (_, path) in ranked.items()}


def _walk(value: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str, Any]]:
    for key, inner in value.items():
        step = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key)
        path = f"{prefix}.{step}" if prefix else step
        yield path, key, inner
        if isinstance(inner, dict) and depth < _DEEPEST:
            yield from _walk(inner, path, depth + 1)


def _tells(found: dict[str, str]) -> int:
    return sum(field.tells and field.name in found for field in _FIELDS)


def _match(calls: list[dict[str, Any]], others: list[dict[str, Any]], paths: dict[str, str]) -> str:
    """What only the calls have: one word under a key that names kinds, or a field of theirs."""
    for key in _KINDS:
        said = {call.get(key) if _short(call.get(key)) else None for call in calls}
        word = said.pop()
        if word and not said and all(other.get(key) != word for other in others):
            step = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key)
            return f"{step} == '{word}'" if "'" not in word else step
    return next(paths[name] for name in ("model", "messages", "output", *paths) if name in paths)


def _toml(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else json.dumps(text)
