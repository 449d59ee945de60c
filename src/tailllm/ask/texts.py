"""All that the model saw and said in a call, read again from the log."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tailllm.errors import GoneError

if TYPE_CHECKING:
    from tailllm.ask.sieve import Sieve
    from tailllm.feed.feed import Feed
    from tailllm.records.call import Call, Message
    from tailllm.records.row import Row

PLAIN_FORMATS = frozenset({"native"})
"""Whose lines hold a text in one piece, unless they hold parts of it."""


class Texts:
    """Reads the texts of calls. One call costs a fraction of a millisecond.

    Args:
        feed: Where the calls are.
        given_up: Whether nobody waits any more.
    """

    def __init__(self, feed: "Feed", given_up: "Callable[[], bool]" = lambda: False) -> None:
        self._feed = feed
        self._given_up = given_up
        self.gone = 0
        """Calls whose bytes were no longer there."""
        self._sieves: dict[str, Sieve | None] = {}

    def of(self, row: "Row") -> str | None:
        """System text, tools, messages, answer, error; None when the bytes are gone."""
        try:
            return whole_text(self._feed.call(row))
        except GoneError:
            self.gone += 1
            return None

    def holds(self, row: "Row", wanted: str) -> bool:
        """Whether a casefolded text stands in what the model saw or said.

        Most calls are ruled out by the bytes around them, a hundred times as fast as reading
        them: ask for the newest first.
        """
        sieve = self.sieve(wanted) if self._is_plain(row) else None
        if sieve is not None and not sieve.may_hold(row.source[0]):
            return False
        text = self.of(row)
        return text is not None and wanted in text.casefold()

    def sieve(self, wanted: str) -> "Sieve | None":
        """What rules plain calls out; None where no piece of the text is telling enough."""
        if wanted not in self._sieves:
            from tailllm.ask.pieces import pieces
            from tailllm.ask.sieve import Sieve

            found = pieces(wanted)
            made = Sieve(self._feed, found, given_up=self._given_up) if found else None
            self._sieves[wanted] = made
        return self._sieves[wanted]

    def _is_plain(self, row: "Row") -> bool:
        """Whether what it says stands in one line, in the words of that line.

        Of an error we may have made the words ourselves.
        """
        if row.format not in PLAIN_FORMATS or row.status == "error" or len(row.source) != 1:
            return False
        return not self._feed.is_document(row.source[0].file)


def whole_text(call: "Call") -> str:
    """All texts of a call, each on lines of its own, and no word of ours."""
    return "\n".join(filter(None, _texts(call)))


def _texts(call: "Call") -> Iterator[str | None]:
    yield call.system_instructions
    for tool in call.tool_definitions or ():
        yield _json(tool)
    for message in (*(call.input_messages or ()), *(call.output_messages or ())):
        yield from _message(message)
    yield call.output_text
    for one in call.tool_calls:
        yield one.name
        yield _json(one.arguments)
    yield call.refusal
    yield call.error_type
    yield call.error_message


def _message(message: "Message") -> Iterator[str | None]:
    for part in message.parts:
        yield part.content
        yield part.name
        yield part.uri
        for value in (part.arguments, part.response):
            yield _json(value)


def _json(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
