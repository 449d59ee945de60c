"""What the store should say, in the plainest Python there is."""

from collections.abc import Callable, Sequence

from tailllm.records.row import Row
from tailllm.store import labels

GROUPS: dict[str, Callable[[Row], str | None]] = {
    "model": lambda row: row.model,
    "prompt": labels.prompt,
    "status": lambda row: row.status,
    "provider": lambda row: row.provider_name,
    "user": lambda row: row.user_id,
    "host": lambda row: row.host,
    "route": lambda row: row.route,
    "format": lambda row: row.format,
    "error": labels.error,
    "finish": lambda row: row.finish_reason,
}


def quantile(values: Sequence[float], share: float) -> float | None:
    """Linear between the two nearest ranks, as numpy and DuckDB do by default."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def known(rows: Sequence[Row], field: str) -> list[float]:
    return [value for row in rows if (value := getattr(row, field)) is not None]
