from typing import Any, NamedTuple

from tailllm.store.window import Window


class Span(NamedTuple):
    start: float | None
    end: float | None


def pct(values: list[float], share: float) -> float | None:
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


class Stats(NamedTuple):
    rows: list[Any]
    by: str | None

    def as_json(self) -> dict[str, Any]:
        out = one(self.rows)
        if self.by:
            groups: dict[str, list[Any]] = {}
            for row in self.rows:
                key = row.model if self.by == "model" else f"{row.prompt_name}@{row.prompt_version}"
                groups.setdefault(key, []).append(row)
            out["groups"] = [{self.by: key, **one(rows)} for key, rows in groups.items()]
        return out


def one(rows: list[Any]) -> dict[str, Any]:
    lat = [row.latency_ms for row in rows]
    checks: dict[str, dict[str, int]] = {}
    for row in rows:
        for name, outcome in row.verdicts:
            counts = checks.setdefault(name, {"passed": 0, "failed": 0, "errored": 0})
            counts[outcome] += 1
    return {
        "calls": len(rows),
        "errors": sum(row.status == "error" for row in rows),
        "failed": sum(bool(row.failed) for row in rows),
        "latency_ms": {"p50": pct(lat, 0.5), "p95": pct(lat, 0.95), "p99": pct(lat, 0.99)},
        "ttft_ms": {"p95": pct([row.ttft_ms for row in rows], 0.95)},
        "input_tokens": sum(row.input_tokens for row in rows),
        "output_tokens": sum(row.output_tokens for row in rows),
        "cost": sum(row.cost or 0 for row in rows) or None,
        "validators": checks,
    }


class Timeline(NamedTuple):
    calls: list[int]
    bad: list[int]
    p95: list[float | None]


class Store:
    def __init__(self, *, window_size: int = 50_000) -> None:
        self.window = Window(window_size)

    def extend(self, rows: Any) -> range:
        return self.window.extend(rows)

    def prepend(self, rows: Any) -> Any:
        return self.window.prepend(rows)

    def replace(self, seq: int, row: Any) -> None:
        self.window.replace(seq, row)

    def _all(self) -> list[Any]:
        return [row for _, row in self.window.slice(self.window.first, self.window.end)]

    @property
    def newest_at(self) -> float | None:
        return max((row.at for row in self._all()), default=None)

    @property
    def oldest_at(self) -> float | None:
        return min((row.at for row in self._all()), default=None)

    def slow_over(self, row: Any) -> float | None:
        return 4000.0

    def stats(self, span: Span = Span(None, None), *, by: str | None = None) -> Stats:
        return Stats([r for r in self._all() if span.start is None or r.at >= span.start], by)

    def timeline(self, span: Span, buckets: int) -> Timeline:
        rows = self._all()
        if not rows:
            return Timeline([], [], [])
        low, high = rows[0].at, rows[-1].at + 0.001
        parts: list[list[Any]] = [[] for _ in range(buckets)]
        for row in rows:
            parts[int((row.at - low) / (high - low) * buckets)].append(row)
        return Timeline(
            [len(p) for p in parts],
            [sum(r.is_bad for r in p) for p in parts],
            [pct([r.latency_ms for r in p], 0.95) for p in parts],
        )
