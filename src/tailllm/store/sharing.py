"""One copy of every name that many calls repeat."""

from typing import Any

from tailllm.records.line import Address
from tailllm.records.row import Row

MOST_NAMES = 20_000
"""Names kept at once; a log with a new user in every line must not be remembered for ever."""


class Sharing:
    """Makes rows point to the same text where they say the same.

    A log of a day has ten models and two prompts, and names them in every line. Decoding makes
    a new text each time; sharing them takes a third off a row.
    """

    def __init__(self) -> None:
        self._names: dict[Any, Any] = {}

    def share(self, row: Row) -> Row:
        """An equal row that owns only what is its own."""
        if len(self._names) > MOST_NAMES:
            self._names.clear()
        one = self._names.setdefault
        values: list[Any] = list(row)
        for place in _REPEATED:
            value = values[place]
            if value is not None:
                values[place] = one(value, value)
        values[_SOURCE] = tuple(
            Address(one(file, file), offset, length) for file, offset, length in row.source
        )
        return Row._make(values)


_SOURCE = Row._fields.index("source")
_REPEATED = tuple(
    Row._fields.index(name)
    for name in (
        "format",
        "status",
        "state",
        "operation_name",
        "provider_name",
        "model",
        "prompt_name",
        "prompt_version",
        "finish_reason",
        "error_type",
        "conversation_id",
        "user_id",
        "host",
        "route",
        "verdicts",
    )
)
