"""The fields a filter knows, and what each takes from a row."""

from difflib import get_close_matches
from typing import Literal, NamedTuple

from tailllm.errors import UsageError

Quantity = Literal["duration", "count", "money", "share"]
Kind = Literal[Quantity, "text", "exact", "choice", "validator", "time", "whole", "saved"]


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


STATUS = ("ok", "fail", "error", "incomplete", "unknown")
STATES = {
    "bad": "An error or a failed validator.",
    "failed": "Failed at least one validator.",
    "error": "Ended in an error.",
    "errored": "A validator could not decide.",
    "slow": "Over the p95 of its model, or over `thresholds.slow_ms`.",
    "unusual": "Twice the median and in the top 1 % of its model and prompt.",
    "marked": "Kept in the corpus.",
    "partial": "Not finished yet.",
    "caps": "The user shouts.",
    "multi-question": "The user asks several things at once.",
    "retry": "The user says it again in other words.",
    "refusal": "The model, or a content filter, says no.",
    "empty": "An answer came and says nothing.",
    "cut": "The answer ends because there was no room.",
    "loop": "The same thing three times in a row.",
    "language-new": "A language that hardly anybody else writes in.",
}
"""What a call can be, and what that means."""
AROUND = frozenset({"retry", "loop", "language-new", "unusual"})
"""Of these, the ones that can only be told among the other calls."""
_SYNONYMS = {"status": {"failed": "fail", "errors": "error"}, "is": {"fail": "failed"}}
OUTCOMES = ("passed", "failed", "errored", "unjudged")

FIELDS: tuple[Field, ...] = (
    Field("status", "choice", "How it ended.", "status:fail", choices=STATUS),
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
    Field("route", "exact", "The service's endpoint or feature.", "route:/api/chat"),
    Field("host", "exact", "The machine that made the call.", "host:web-3"),
    Field(
        "conversation", "text", "Conversation or session id.", "session:s_7669", ("session", "conv")
    ),
    Field("trace", "text", "Trace id.", "trace:53f1*"),
    Field("key", "text", "The call's own key.", "key:resp:chatcmpl-1"),
    Field("file", "text", "The log file, under the name it has now.", "file:assist.jsonl"),
    Field("format", "text", "Log format.", "format:native"),
    Field("operation", "text", "Kind of operation.", "op:chat", ("op",)),
    Field("finish", "text", "Why the model stopped.", "finish:tool_call", ("finish_reason",)),
    Field("error", "text", "Error type or HTTP status.", "error:429"),
    Field(
        "text",
        "whole",
        "All that the model saw and said; a text in quotes looks there too.",
        'text:"three questions"',
    ),
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
    Field(
        "novel",
        "share",
        "How unlike all cases of the corpus, 0 to 1; only calls that are scored.",
        "novel>0.8",
        ("novelty",),
    ),
    Field("since", "time", "From then on: 15m ago, 14:02 UTC, a date.", "since:15m"),
    Field("until", "time", "Up to then.", "until:14:05"),
    Field("time", "time", "A stretch of time.", "time:14:02..14:10", ("at",)),
    Field("saved", "saved", "A filter from tailllm.toml, by its name.", "saved:mine"),
)
BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}


def find(name: str) -> Field:
    """The field of that name or alias.

    Raises:
        UsageError: There is none; says the nearest, and how to look for the text itself.
    """
    field = BY_NAME.get(name.casefold())
    if field is None:
        begun = [one for one in BY_NAME if one.startswith(name.casefold())]
        near = begun or get_close_matches(name.casefold(), BY_NAME, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        quote = "To search for the text itself, put it in double quotes."
        raise UsageError(f"there is no field {name!r} to filter by", fix=guess + quote)
    return field


def choice(field: Field, value: str) -> str:
    """One of a field's fixed values, under its own spelling.

    Raises:
        UsageError: The field does not take this value.
    """
    value = _SYNONYMS[field.name].get(value.casefold(), value.casefold())
    if value not in field.choices:
        near = get_close_matches(value, field.choices, n=1)
        guess = f"Did you mean {field.name}:{near[0]}? " if near else ""
        known = ", ".join(field.choices)
        raise UsageError(
            f"{field.name} is never {value!r}", fix=f"{guess}{field.name} takes: {known}."
        )
    return value
