"""How a word or value of a filter is compared with what a row says. Case never matters."""

from collections.abc import Callable, Sequence
from math import isfinite, nan
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from tailllm.errors import UsageError

TextTest = Callable[[str], bool]
NumberTest = Callable[[float | None], bool]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
    "=": eq,
}

_DURATIONS = {"": 1.0, "us": 0.001, "ms": 1.0, "s": 1e3, "m": 60e3, "min": 60e3, "h": 3600e3}
_COUNTS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_MONEY = {"": 1.0, "$": 1.0}
_SHARES = {"": 1.0, "%": 0.01}
UNITS = {"duration": _DURATIONS, "count": _COUNTS, "money": _MONEY, "share": _SHARES}
"""Unit to factor, for each kind of number; the first is what a bare number means."""


class TextMatch(NamedTuple):
    """A comparison with a text."""

    test: TextTest
    sql: str | None
    """The same for `{column}`, a text in ASCII and small letters; None if only Python can."""
    values: tuple[object, ...] = ()


class Number(NamedTuple):
    """A comparison with a number."""

    test: NumberTest
    sql: str
    """What stands behind the number."""
    values: tuple[float, ...] = ()


def contains(wanted: str) -> TextMatch:
    """The text has this somewhere."""
    wanted = wanted.casefold()
    return TextMatch(
        lambda text: wanted in text.casefold(), "contains({column}, ?)", (_sendable(wanted),)
    )


def equals(wanted: str) -> TextMatch:
    """The text is exactly this."""
    wanted = wanted.casefold()
    return TextMatch(lambda text: text.casefold() == wanted, "{column} = ?", (_sendable(wanted),))


def like(pattern: str) -> TextMatch:
    """The whole text, with `*` for anything.

    Searched piece by piece, not by a regular expression: `a*a*a*a*b` must stay cheap.
    """
    pattern = pattern.casefold()
    first, *middle, last = pattern.split("*")

    def test(text: str) -> bool:
        text = text.casefold()
        place, end = len(first), len(text) - len(last)
        if place > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for piece in middle:
            found = text.find(piece, place, end)
            if found < 0:
                return False
            place = found + len(piece)
        return True

    return _with_sql(test, first, [piece for piece in middle if piece], last)


def _with_sql(test: TextTest, first: str, middle: Sequence[str], last: str) -> TextMatch:
    """A LIKE with many `%` may take for ever in the database, so it is only asked for one."""
    sql = "(starts_with({column}, ?) AND ends_with({column}, ?) AND length({column}) >= ?"
    values: tuple[object, ...] = (_sendable(first), _sendable(last), len(first) + len(last))
    if len(middle) > 1:
        return TextMatch(test, None)
    if middle:
        sql += " AND contains(substring({column}, ?, length({column}) - ?), ?)"
        values += (len(first) + 1, len(first) + len(last), _sendable(middle[0]))
    return TextMatch(test, f"{sql})", values)


def compare(operator: str, limit: float) -> Number:
    """A number against a limit; a number the log does not give matches nothing."""
    holds = COMPARISONS[operator]
    return Number(
        lambda value: value is not None and holds(value, limit), f"{operator} ?", (limit,)
    )


def between(low: float, high: float) -> Number:
    """A number from `low` to `high`, both included."""
    return Number(
        lambda value: value is not None and low <= value <= high, "BETWEEN ? AND ?", (low, high)
    )


KNOWN = Number(lambda value: value is not None, "IS NOT NULL")
"""The log gives the number."""


def _sendable(text: str) -> str:
    """What the database takes; a broken character matches no ASCII text either way."""
    return text.encode("utf-8", "replace").decode() if text.isascii() else "\ufffd"


def quantity(text: str, kind: str) -> float:
    """`2s`, `5k`, `$0.01` as a number in the field's own unit.

    Units:
        duration to milliseconds, count as it is, money in the log's currency.

    Raises:
        UsageError: This is no number, or its unit is of another kind.
    """
    units = UNITS[kind]
    plain = text.strip().casefold().lstrip("$" if kind == "money" else "")
    digits = plain.rstrip("abcdefghijklmnopqrstuvwxyz$%")
    try:
        value = float(digits) * units[plain[len(digits) :]]
    except (KeyError, ValueError):
        value = nan
    if not isfinite(value) or "_" in digits:
        shown = ", ".join(f"5{unit}" for unit in units)
        raise UsageError(f"{text!r} is no {kind}", fix=f"Write it like one of: {shown}.")
    return value
