"""What was said before an answer, in a transcript whose lines name their parents."""

from collections import OrderedDict
from typing import Any, NamedTuple

from tailllm.dialects import messages
from tailllm.dialects.values import mapping, objects, text
from tailllm.records.line import Address

_LINES, _BYTES = 400, 2 << 20
"""Remembered of one file: its last lines, and no more of their text."""
_LONGEST = 30
"""Lines before one answer that are read with it."""


_THREADS = 100
"""Sessions and side chains whose last words are remembered."""


class Turn(NamedTuple):
    """One line of the transcript."""

    place: int
    parent: str | None
    thread: object
    """Which conversation: the session, and whether it is a side chain."""
    address: Address
    message: dict[str, Any]
    """Empty for a line that is no message."""

    @property
    def role(self) -> str | None:
        """Who speaks."""
        return text(self.message.get("role"))

    @property
    def gives_results(self) -> bool:
        """Whether the line is a tool's answer, under the user's name."""
        blocks = objects(self.message.get("content"))
        return bool(blocks) and all(block.get("type") == "tool_result" for block in blocks)

    @property
    def asks(self) -> bool:
        """Whether the user's own words are in it."""
        return self.role == "user" and messages.message_text(self.message) is not None


class Conversation:
    """The last lines of one transcript, by their ids."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, Turn] = OrderedDict()
        self._results: dict[str, list[str]] = {}
        self._asked: dict[object, Turn] = {}
        self._size_bytes = 0
        self._place = 0

    def add(
        self, uuid: str | None, parent: str | None, thread: object, message: Any, address: Address
    ) -> None:
        """Remember a line."""
        if uuid is None or uuid in self._turns:
            return
        self._place += 1
        turn = Turn(self._place, parent, thread, address, mapping(message))
        self._turns[uuid] = turn
        if turn.asks:
            self._asked.pop(thread, None)
            self._asked[thread] = turn
            if len(self._asked) > _THREADS:
                del self._asked[next(iter(self._asked))]
        self._size_bytes += address.length
        if parent and turn.gives_results:
            self._results.setdefault(parent, []).append(uuid)
        while len(self._turns) > _LINES or self._size_bytes > _BYTES:
            gone, old = self._turns.popitem(last=False)
            self._size_bytes -= old.address.length
            self._results.pop(gone, None)

    def before(self, parent: str | None, thread: object) -> list[Turn]:
        """The lines that lead to an answer, oldest first.

        Tools that ran side by side answer beside the chain of parents: each result hangs on
        the block that asked for it, and only one of them is on the way back. What the user
        asked last is among them, however many tools ran since.
        """
        found: dict[str, Turn] = {}
        while parent and parent not in found and len(found) < _LONGEST:
            turn = self._turns.get(parent)
            if turn is None:
                break
            found[parent] = turn
            for uuid in self._results.get(parent, ()):
                if uuid in self._turns:
                    found[uuid] = self._turns[uuid]
            parent = turn.parent
        turns = sorted(found.values(), key=lambda turn: turn.place)
        asked = self._asked.get(thread)
        if asked and not any(turn.asks for turn in turns):
            return [asked, *turns]
        return turns


def sent(turns: list[Turn]) -> list[dict[str, Any]]:
    """The messages of these lines as the model got them: blocks of one message together."""
    found: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    results: dict[str, Any] | None = None
    for turn in turns:
        if turn.gives_results and results is not None:
            results["content"] += turn.message["content"]
            continue
        message_id = text(turn.message.get("id"))
        if turn.role == "assistant" and message_id in by_id:
            by_id[message_id]["content"] += _blocks(turn.message)
            continue
        if turn.role is None:
            continue
        message = {"role": turn.role, "content": turn.message.get("content")}
        results = None
        if turn.role == "assistant":
            message["content"] = _blocks(turn.message)
            by_id |= {message_id: message} if message_id else {}
        elif turn.gives_results:
            message["content"] = list(turn.message["content"])
            results = message
        found.append(message)
    return found


def _blocks(message: dict[str, Any]) -> list[Any]:
    content = message.get("content")
    return list(content) if isinstance(content, list) else [content]
