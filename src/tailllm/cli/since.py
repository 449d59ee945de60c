"""What people write to say from when on."""

import re

from tailllm.errors import UsageError

UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def since(text: str | None, now: float) -> float | None:
    """Seconds since the epoch of `15m`, `2h` (before now) or an ISO time (UTC unless it says).

    Raises:
        UsageError: It is neither.
    """
    if text is None:
        return None
    span = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)([smhdw])", text.strip())
    if span:
        return now - float(span[1]) * UNITS_S[span[2]]
    from datetime import UTC, datetime

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"--since {text!r} is no time", fix="Write 90s, 15m, 2h, 1d, or 2026-11-22T14:00Z"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
