"""Columns of values from a log, read many at a time: for the short cuts from bytes to columns."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tailllm.dialects.dialect import line_key
from tailllm.dialects.values import LAST_SECOND, instant, text
from tailllm.records.line import Address, Lines


def instants(values: list[Any]) -> list[Any]:
    """Points in time, as `values.instant` reads each."""
    if set(map(type, values)) == {float} and 0 <= min(values) <= max(values) < 1e11:
        return values
    if None in values:
        return list(map(instant, values))
    try:
        moments = list(map(datetime.fromisoformat, values))
        if None not in [moment.tzinfo for moment in moments]:
            seconds = [moment.timestamp() for moment in moments]
            if min(seconds, default=0.0) >= 0 and max(seconds, default=0.0) <= LAST_SECOND:
                return seconds
    except (TypeError, ValueError, OverflowError):
        pass
    return list(map(instant, values))


def names(values: list[Any]) -> list[str | None]:
    """Names that differ from call to call, as `values.text` reads each."""
    if values.count(None) == len(values):
        return values
    if int in set(map(type, values)):
        return list(map(text, values))
    return [value or None for value in values]


def each(values: list[Any], read: Callable[[Any], Any] = text) -> list[Any]:
    """`read` of every value, asked once for each that differs: of names that come again."""
    if values.count(None) == len(values):
        return [read(None)] * len(values)
    known = {value: read(value) for value in set(values)}
    return list(map(known.__getitem__, values))


def keys(ids: list[str | None], lines: Lines) -> list[str]:
    """The names of calls: their own, or where they lie."""
    if None not in ids:
        return [f"resp:{own}" for own in ids]
    return [
        f"resp:{own}" if own else line_key(Address(lines.file, offset, 0))
        for own, offset in zip(ids, lines.offsets, strict=True)
    ]
