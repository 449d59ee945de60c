"""The value under the cursor as a piece of a filter."""

from collections.abc import Callable
from datetime import UTC, datetime
from math import floor

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.filter import term

FEW_WORDS = 40
"""Characters of a text that are enough to find others like it."""


def term_of(row: Row, column: str, *, hide: bool = False) -> str:
    """What keeps the calls that have this row's value in a column, or hides them.

    Numbers keep what is at least as large. A text column keeps what begins alike.

    Returns:
        A term for the filter; empty where the column says nothing one can look for.
    """
    found = _TERMS.get(column, _nothing)(row)
    if not found:
        return ""
    name, sign, value = found
    if sign == "=":
        return term(name, value, hide=hide)
    if sign == "~":
        return term(name, value, hide=hide).replace("=", ":", 1)
    return f"{'-' if hide else ''}{name}{sign}{value}"


def telling(row: Row) -> str:
    """The column that says most about a call: what is wrong with it, else its prompt."""
    return "verdict" if row.is_bad or labels.prompt(row) is None else "prompt"


Found = tuple[str, str, str | None] | None
Finder = Callable[[Row], Found]


def _nothing(_row: Row) -> Found:
    return None


def _verdict(row: Row) -> Found:
    if row.status == "error":
        return "error", "=", labels.error(row)
    if row.failed:
        return "validator", "=", row.failed[0]
    return "status", ":", row.status


def _time(row: Row) -> Found:
    at = datetime.fromtimestamp(int(row.at), UTC)
    return "since", ":", at.isoformat().replace("+00:00", "Z")


def _text(row: Row) -> Found:
    words = (row.preview or row.reply)[:FEW_WORDS].strip()
    return ("asked" if row.preview else "reply", "~", words) if words else None


def _down(value: float) -> str:
    """Rounded down, so that the call itself is kept."""
    return f"{floor(value * 1e6) / 1e6:.6f}".rstrip("0").rstrip(".")


def _number(
    name: str, get: Callable[[Row], float | None], unit: str = ""
) -> Callable[[Row], Found]:
    def found(row: Row) -> Found:
        value = get(row)
        return None if value is None else (name, ">=", _down(value) + unit)

    return found


_TERMS: dict[str, Finder] = {
    "time": _time,
    "instant": _time,
    "ms": _number("latency", lambda row: row.latency_ms, "ms"),
    "ttft": _number("ttft", lambda row: row.ttft_ms, "ms"),
    "tokens": _number("in", lambda row: row.input_tokens),
    "cost": _number("cost", lambda row: row.cost),
    "model": lambda row: ("model", "=", row.model),
    "prompt": lambda row: ("prompt", "=", labels.prompt(row)),
    "verdict": _verdict,
    "text": _text,
}
