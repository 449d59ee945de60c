"""What a JSON value is worth: each reads one kind of thing and answers None for all others.

None is "the log does not say". Nothing here raises, whatever the value.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LARGEST = 10**15
"""Above it a token count or a duration is a mistake, and a double is not exact."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999, where `datetime` ends."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOTHING: dict[str, Any] = {}


def text(value: Any) -> str | None:
    """A non-empty string; numbers used as names become strings."""
    if type(value) is str:
        return value or None
    if type(value) is int:
        return str(value) if -LARGEST < value < LARGEST else None
    return None


def string(value: Any) -> str | None:
    """A string, also an empty one."""
    return value if isinstance(value, str) else None


def mapping(value: Any) -> dict[str, Any]:
    """An object, or an empty one. Not to be written to."""
    return value if isinstance(value, dict) else _NOTHING


def an_object(value: Any) -> dict[str, Any] | None:
    """An object."""
    return value if isinstance(value, dict) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def flag(value: Any) -> bool | None:
    """A truth value."""
    return value if isinstance(value, bool) else None


def number(value: Any) -> float | None:
    """A finite number, also written as a string."""
    if type(value) is float and -LARGEST <= value <= LARGEST:
        return value
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        return None
    return float(value) if math.isfinite(value) else None


def count(value: Any) -> int | None:
    """A whole number of things: tokens, bytes. OTLP writes them as strings."""
    if type(value) is int:
        return value if 0 <= value <= LARGEST else None
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def duration(value: Any, scale: float = 1.0) -> float | None:
    """A time span, never negative, times `scale`."""
    found = number(value)
    return found * scale if found is not None and found >= 0 else None


def http_status(value: Any) -> int | None:
    """A status code of HTTP."""
    found = count(value)
    return found if found is not None and 100 <= found <= 599 else None


def instant(value: Any) -> float | None:
    """A point in time.

    Units:
        From ISO 8601, or seconds, milli-, micro- or nanoseconds since the epoch (told apart
        by size), to seconds since the epoch.
    """
    if type(value) is str and not value.replace(".", "", 1).isdigit():
        return _iso(value)
    try:
        seconds = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        return None
    if isinstance(value, bool) or not math.isfinite(seconds):
        return None
    for size, scale in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
        if seconds >= size:
            seconds /= scale
            break
    return seconds if 0 <= seconds <= LAST_SECOND else None


def _iso(value: str) -> float | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    try:
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= LAST_SECOND else None


def first(value: Mapping[str, Any], *names: str) -> Any:
    """The first of these keys that holds something."""
    for name in names:
        found = value.get(name)
        if found is not None:
            return found
    return None


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def bounded(value: Any, depth: int = 64) -> Any:
    """The value without what lies deeper than `depth`: nobody can print or compare that."""
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, list):
        return [bounded(item, depth - 1) for item in value]
    return {key: bounded(item, depth - 1) for key, item in value.items()}


def clean(value: Any) -> tuple[Any, bool]:
    """The value without lone surrogates, which no file, database or terminal can hold."""
    if isinstance(value, str):
        cleaned = _LONE_SURROGATE.sub("\ufffd", value)
        return cleaned, cleaned != value
    if isinstance(value, list):
        pairs = [clean(item) for item in value]
        return [item for item, _ in pairs], any(changed for _, changed in pairs)
    if isinstance(value, dict):
        entries = [(clean(key), clean(item)) for key, item in value.items()]
        changed = any(key[1] or item[1] for key, item in entries)
        return {key[0]: item[0] for key, item in entries}, changed
    return value, False
