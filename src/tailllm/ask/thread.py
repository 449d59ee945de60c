"""A conversation as one thread: what came new with each call, where it went wrong, its loops."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tailllm.errors import GoneError
from tailllm.records.call import Call, Message
from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.stats import shown_time
from tailllm.transcript import reply, turns

LOOP = 3
"""The same tool with the same arguments so often is a loop."""

Read = Callable[[Row], Call]


class Said(NamedTuple):
    """A turn that came new with a call."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the thread."""

    row: Row
    new: tuple[Said, ...]
    """Messages that the call before had neither seen nor said."""
    reply: str
    tools: tuple[str, ...]
    """Calls of tools, `name(arguments)`."""
    wrong: tuple[str, ...]
    """Why it is bad: the error, the failed validators; empty when it is not."""
    gone: bool = False
    """Its bytes are no longer in the log."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        row = self.row
        return {
            "key": row.key,
            "start_time": shown_time(row.at),
            "prompt": labels.prompt(row),
            "model": row.model,
            "status": row.status,
            "latency_ms": row.latency_ms,
            "finish_reason": row.finish_reason,
            "new": [one._asdict() for one in self.new],
            "reply": self.reply,
            "tools": list(self.tools),
            "wrong": list(self.wrong),
            "gone": self.gone,
        }


class Loop(NamedTuple):
    """The same tool called with the same arguments again and again."""

    tool: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """All calls of a conversation, in the order of their start."""

    conversation: str
    steps: tuple[Step, ...]
    first_wrong: str | None
    """Key of the first bad call."""
    loops: tuple[Loop, ...]

    def as_json(self) -> dict[str, Any]:
        """The object `tailllm conversation --json` prints."""
        return {
            "conversation": self.conversation,
            "calls": len(self.steps),
            "first_wrong": self.first_wrong,
            "loops": [{"tool": one.tool, "keys": list(one.keys)} for one in self.loops],
            "steps": [one.as_json() for one in self.steps],
        }


def thread(
    conversation: str,
    rows: Iterable[Row],
    read: Read,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Thread:
    """The thread of a conversation; empty when no row belongs to it.

    Args:
        conversation: Its id, or a trace's.
        rows: Any calls.
        read: From a row to the whole call.
        told: Hears that so many of its calls have been read; may raise, to give up.
    """
    own = [row for row in rows if conversation in (row.conversation_id, row.trace_id)]
    own.sort(key=lambda row: row.at)
    steps: list[Step] = []
    seen: dict[str | None, list[str]] = {}
    for done, row in enumerate(own):
        told(done, len(own))
        step, messages = _step(row, read, seen.get(row.prompt_name, []))
        steps.append(step)
        if messages is not None:
            seen[row.prompt_name] = messages
    wrong = next((step.row.key for step in steps if step.wrong), None)
    return Thread(conversation, tuple(steps), wrong, _loops(steps))


def _step(row: Row, read: Read, before: Sequence[str]) -> tuple[Step, list[str] | None]:
    wrong = tuple(filter(None, (labels.error(row), *row.failed)))
    try:
        call = read(row)
    except GoneError:
        return Step(row, (), row.reply, (), wrong, gone=True), None
    messages = [turn for turn in turns(call) if turn.kind in ("system", "message")]
    known = set(before)
    new = tuple(
        Said(turn.title, turn.text)
        for turn in messages
        if f"{_role(turn.title)}{turn.text}" not in known
    )
    tools = tuple(f"{one.name or '-'}({_text(one.arguments)})" for one in call.tool_calls)
    said = reply(call).text if call.output_text is None else call.output_text
    step = Step(row, new, said, tools, wrong)
    held = [f"{_role(turn.title)}{turn.text}" for turn in messages]
    return step, [*held, *(f"assistant{_body(one)}" for one in call.output_messages or ())]


def _role(title: str) -> str:
    return title.partition(" ")[0]


def _body(message: Message) -> str:
    return message.text


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _loops(steps: Sequence[Step]) -> tuple[Loop, ...]:
    called: defaultdict[str, list[str]] = defaultdict(list)
    for step in steps:
        for tool in step.tools:
            called[tool].append(step.row.key)
    return tuple(Loop(tool, tuple(keys)) for tool, keys in called.items() if len(keys) >= LOOP)
