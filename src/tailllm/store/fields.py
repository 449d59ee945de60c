"""The fields a filter knows, and what each takes from a row."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Literal, NamedTuple

from tailllm.errors import UsageError
from tailllm.records.row import Row
from tailllm.store import labels, matching

Test = Callable[[Row, bool, bool], bool]
"""Row, whether it is marked, whether it is slow."""
Kind = Literal["text", "exact", "duration", "count", "money", "choice", "validator"]


class Field(NamedTuple):
    """Something one can write before a colon."""

    name: str
    kind: Kind
    why: str
    """One line for the help."""
    example: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """The only values it takes; empty when it takes any."""


STATUS: dict[str, Test] = {
    "ok": lambda row, _marked, _slow: row.status == "ok" and not row.is_bad,
    "fail": lambda row, _marked, _slow: bool(row.failed),
    "error": lambda row, _marked, _slow: row.status == "error",
    "incomplete": lambda row, _marked, _slow: row.status == "incomplete",
    "unknown": lambda row, _marked, _slow: row.status == "unknown",
}
STATES: dict[str, Test] = {
    "marked": lambda _row, marked, _slow: marked,
    "slow": lambda _row, _marked, slow: slow,
    "bad": lambda row, _marked, _slow: row.is_bad,
    "failed": lambda row, _marked, _slow: bool(row.failed),
    "error": lambda row, _marked, _slow: row.status == "error",
    "errored": lambda row, _marked, _slow: bool(row.errored),
    "partial": lambda row, _marked, _slow: row.state == "partial",
}
_SYNONYMS = {"status": {"failed": "fail", "errors": "error"}, "is": {"fail": "failed"}}
OUTCOMES = ("passed", "failed", "errored", "unjudged")

FIELDS: tuple[Field, ...] = (
    Field("status", "choice", "How it ended.", "status:fail", choices=tuple(STATUS)),
    Field("is", "choice", "What it is to you.", "is:slow", choices=tuple(STATES)),
    Field(
        "validator",
        "validator",
        "A validator that did not pass it; `:passed` and so on for another outcome.",
        "v:no_pii",
        ("v",),
    ),
    Field("model", "text", "The model that answered.", "model:gpt*"),
    Field("provider", "text", "Who served it.", "provider:openai"),
    Field("prompt", "text", "Prompt, or prompt@version.", "prompt:billing@v15"),
    Field("version", "exact", "Version of the prompt.", "version:v15"),
    Field("user", "text", "The user's id.", "user:u_2283"),
    Field(
        "conversation", "text", "Conversation or session id.", "session:s_7669", ("session", "conv")
    ),
    Field("trace", "text", "Trace id.", "trace:53f1*"),
    Field("key", "text", "The call's own key.", "key:resp:chatcmpl-1"),
    Field("format", "text", "Log format.", "format:native"),
    Field("operation", "text", "Kind of operation.", "op:chat", ("op",)),
    Field("finish", "text", "Why the model stopped.", "finish:tool_call", ("finish_reason",)),
    Field("error", "text", "Error type or HTTP status.", "error:429"),
    Field("asked", "text", "Start of the last user text.", 'asked:"my invoice"', ("preview",)),
    Field("reply", "text", "Start of the answer.", "reply:sorry"),
    Field("latency", "duration", "Request to last token.", "latency>2s", ("ms", "latency_ms")),
    Field("ttft", "duration", "Request to first token.", "ttft>300ms", ("ttft_ms",)),
    Field("in", "count", "Input tokens.", "in>5k", ("input", "input_tokens")),
    Field("out", "count", "Output tokens.", "out>1k", ("output", "output_tokens")),
    Field("tokens", "count", "Input and output tokens.", "tokens>20k"),
    Field("cached", "count", "Input tokens read from a cache.", "cached=0"),
    Field("reasoning", "count", "Output tokens spent on reasoning.", "reasoning>1k"),
    Field("tools", "count", "Tools the model called.", "tools>0", ("tool_calls",)),
    Field("http", "count", "HTTP status.", "http>=500", ("http_status",)),
    Field("cost", "money", "Cost as logged.", "cost>0.01"),
)
BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}


def find(name: str) -> Field:
    """The field of that name or alias.

    Raises:
        UsageError: There is none; says the nearest, and how to look for the text itself.
    """
    field = BY_NAME.get(name.casefold())
    if field is None:
        near = get_close_matches(name.casefold(), BY_NAME, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        quote = "To search for the text itself, put it in double quotes."
        raise UsageError(f"there is no field {name!r} to filter by", fix=guess + quote)
    return field


def choice(field: Field, value: str) -> Test:
    """One of a field's fixed values.

    Raises:
        UsageError: The field does not take this value.
    """
    value = _SYNONYMS[field.name].get(value.casefold(), value.casefold())
    tests = STATUS if field.name == "status" else STATES
    if value not in tests:
        near = get_close_matches(value, tests, n=1)
        guess = f"Did you mean {field.name}:{near[0]}? " if near else ""
        known = ", ".join(tests)
        raise UsageError(
            f"{field.name} is never {value!r}", fix=f"{guess}{field.name} takes: {known}."
        )
    return tests[value]


def validator(matches: matching.TextTest, outcomes: tuple[str, ...]) -> Test:
    """Whether a validator of a matching name came to one of the outcomes."""
    return lambda row, _marked, _slow: any(
        outcome in outcomes and matches(name) for name, outcome in row.verdicts
    )


def text(field: Field, matches: matching.TextTest) -> Test:
    """Whether a text of the row matches; what the log does not say matches nothing."""
    if field.name == "error":
        return lambda row, _marked, _slow: any(map(matches, _errors(row)))
    get = _TEXTS[field.name]

    def test(row: Row, _marked: bool, _slow: bool) -> bool:
        value = get(row)
        return value is not None and matches(value)

    return test


def number(field: Field, holds: matching.NumberTest) -> Test:
    """Whether a number of the row stands so."""
    get = _NUMBERS[field.name]
    return lambda row, _marked, _slow: holds(get(row))


def word(wanted: str) -> Test:
    """Whether the text stands anywhere in what a list shows of a call."""
    wanted = wanted.casefold()

    def test(row: Row, _marked: bool, _slow: bool) -> bool:
        prompt, model = labels.prompt(row) or "", row.model or ""
        seen = f"{row.preview}\n{row.reply}\n{model}\n{prompt}\n{row.user_id or ''}\n{row.key}"
        return wanted in seen.casefold()

    return test


def _tokens(row: Row) -> int | None:
    known = [n for n in (row.input_tokens, row.output_tokens) if n is not None]
    return sum(known) if known else None


def _errors(row: Row) -> list[str]:
    found = [name for name in (labels.error(row),) if name is not None]
    if row.http_status is not None and row.http_status >= 400:
        found.append(str(row.http_status))
    return found


_TEXTS: dict[str, Callable[[Row], str | None]] = {
    "model": lambda row: row.model,
    "provider": lambda row: row.provider_name,
    "prompt": labels.prompt,
    "version": lambda row: row.prompt_version,
    "user": lambda row: row.user_id,
    "conversation": lambda row: row.conversation_id,
    "trace": lambda row: row.trace_id,
    "key": lambda row: row.key,
    "format": lambda row: row.format,
    "operation": lambda row: row.operation_name,
    "finish": lambda row: row.finish_reason,
    "asked": lambda row: row.preview,
    "reply": lambda row: row.reply,
}
_NUMBERS: dict[str, Callable[[Row], float | None]] = {
    "latency": lambda row: row.latency_ms,
    "ttft": lambda row: row.ttft_ms,
    "in": lambda row: row.input_tokens,
    "out": lambda row: row.output_tokens,
    "tokens": _tokens,
    "cached": lambda row: row.cache_read_input_tokens,
    "reasoning": lambda row: row.reasoning_output_tokens,
    "tools": lambda row: row.tool_calls,
    "http": lambda row: row.http_status,
    "cost": lambda row: row.cost,
}
