"""All that the model saw and said in a call, read again from the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tailllm.errors import GoneError
from tailllm.transcript import turns

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.records.call import Call
    from tailllm.records.row import Row


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


def whole_text(call: "Call") -> str:
    """All texts of a call, each on lines of its own."""
    return "\n".join(_texts(call))


def _texts(call: "Call") -> Iterator[str]:
    for turn in turns(call):
        for piece in turn.pieces:
            yield piece.head
            yield piece.text
