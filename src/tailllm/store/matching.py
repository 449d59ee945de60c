"""How a word or value of a filter is compared with what a row says. Case never matters."""

from collections.abc import Callable
from math import isfinite, nan
from operator import eq, ge, gt, le, lt

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
UNITS = {"duration": _DURATIONS, "count": _COUNTS, "money": _MONEY}
"""Unit to factor, for each kind of number; the first is what a bare number means."""


def contains(wanted: str) -> TextTest:
    """The text has this somewhere."""
    wanted = wanted.casefold()
    return lambda text: wanted in text.casefold()


def equals(wanted: str) -> TextTest:
    """The text is exactly this."""
    wanted = wanted.casefold()
    return lambda text: text.casefold() == wanted


def like(pattern: str) -> TextTest:
    """The whole text, with `*` for anything.

    Searched piece by piece, not by a regular expression: `a*a*a*a*b` must stay cheap.
    """
    first, *middle, last = pattern.casefold().split("*")

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

    return test


def compare(operator: str, limit: float) -> NumberTest:
    """A number against a limit; a number the log does not give matches nothing."""
    holds = COMPARISONS[operator]
    return lambda value: value is not None and holds(value, limit)


def known(value: float | None) -> bool:
    """The log gives the number."""
    return value is not None


def quantity(text: str, kind: str) -> float:
    """`2s`, `5k`, `$0.01` as a number in the field's own unit.

    Units:
        duration to milliseconds, count as it is, money in the log's currency.

    Raises:
        UsageError: This is no number, or its unit is of another kind.
    """
    units = UNITS[kind]
    plain = text.strip().casefold().lstrip("$" if kind == "money" else "")
    digits = plain.rstrip("abcdefghijklmnopqrstuvwxyz$")
    try:
        value = float(digits) * units[plain[len(digits) :]]
    except (KeyError, ValueError):
        value = nan
    if not isfinite(value) or "_" in digits:
        shown = ", ".join(f"5{unit}" for unit in units)
        raise UsageError(f"{text!r} is no {kind}", fix=f"Write it like one of: {shown}.")
    return value
