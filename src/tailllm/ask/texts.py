"""All that the model saw and said in a call, read again from the log."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tailllm.errors import GoneError

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.records.call import Call, Message
    from tailllm.records.row import Row

PLAIN_FORMATS = frozenset({"native"})
"""Whose lines hold a text in one piece, unless they hold a stream."""
_STREAMED = (b"delta", b"chunk", b"data:")
_WORD = re.compile(r"[a-z0-9]+")


class Texts:
    """Reads the texts of calls. One call costs a fraction of a millisecond."""

    def __init__(self, feed: "Feed") -> None:
        self._feed = feed
        self.gone = 0
        """Calls whose bytes were no longer there."""

    def of(self, row: "Row") -> str | None:
        """System text, tools, messages, answer, error; None when the bytes are gone."""
        try:
            return whole_text(self._feed.call(row))
        except GoneError:
            self.gone += 1
            return None

    def holds(self, row: "Row", wanted: str) -> bool:
        """Whether a casefolded text stands in what the model saw or said.

        Most calls are ruled out by the bytes of their lines, many times as fast as reading
        them: a word of ASCII can only stand in a text if it stands in the line.
        """
        words = _WORD.findall(wanted) if wanted.isascii() else ()
        if words and row.format in PLAIN_FORMATS:
            try:
                lines = [line.text for line in self._feed.raw(row)]
            except GoneError:
                self.gone += 1
                return False
            if lines and all(map(_tells, lines)) and not _all_within(words, lines):
                return False
        text = self.of(row)
        return text is not None and wanted in text.casefold()


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


def _tells(line: bytes) -> bool:
    """Whether every word of ASCII in its texts stands in it, letter by letter."""
    return b"\\u" not in line and not any(sign in line for sign in _STREAMED)


def _all_within(words: list[str], lines: list[bytes]) -> bool:
    """A text of several lines of the log is looked for in all of them."""
    whole = b"\n".join(lines)
    # Some letters of other scripts fold to ASCII, as the long s does: bytes alone miss those.
    folded = (
        str(whole.lower(), "ascii")
        if whole.isascii()
        else whole.decode("utf-8", "replace").casefold()
    )
    return all(word in folded for word in words)
