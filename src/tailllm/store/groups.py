"""Calls shared out by a field, each group beside itself in the window before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tailllm.store import questions
from tailllm.store.columns import NAMED
from tailllm.store.span import Span
from tailllm.store.stats import Stats
from tailllm.store.where.nodes import EVERYTHING, Condition

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

NO_CALLS = Stats()


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one value of a field."""

    by: str
    name: str | None
    """None for calls that do not say."""
    now: Stats
    before: Stats | None
    """The same in the window before; None when there is no such window."""
    tokens_per_s: float | None
    """Output tokens a second, over the calls that give both numbers."""

    @property
    def bad_share(self) -> float | None:
        """Calls with an error or a failed validator, of all."""
        return self.now.bad / self.now.calls if self.now.calls else None

    @property
    def bad_share_before(self) -> float | None:
        """The same in the window before."""
        before = self.before
        return before.bad / before.calls if before is not None and before.calls else None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        before = None if self.before is None else self.before.numbers()
        return {
            self.by: self.name,
            **self.now.numbers(),
            "bad": self.now.bad,
            "tokens_per_s": None if self.tokens_per_s is None else round(self.tokens_per_s, 1),
            "before": before,
        }


def groups(
    ledger: "Ledger",
    by: str,
    span: Span,
    before: Span | None,
    where: Condition = EVERYTHING,
) -> tuple[Group, ...]:
    """Every group of the span, and those that were there before and are gone.

    Args:
        ledger: All calls.
        by: A key of `questions.GROUPS`.
        span: Which calls.
        before: The window to compare with.
        where: Only calls for which it is true.

    Raises:
        UsageError: There is no such group.
    """
    now = {one.name: one for one in questions.grouped(ledger, span, by, where)}
    then: dict[str | None, Stats] = {}
    if before is not None:
        then = {one.name: one for one in questions.grouped(ledger, before, by, where)}
    speeds = _speeds(ledger, by, span, where)
    names = [*now, *(name for name in then if name not in now)]
    return tuple(
        Group(
            by,
            name,
            now.get(name, NO_CALLS),
            None if before is None else then.get(name, NO_CALLS),
            speeds.get(name),
        )
        for name in names
    )


def window_before(span: Span, newest: float | None) -> Span | None:
    """The window of the same length just before; None when the span has no start."""
    end = newest if span.end is None else span.end
    if span.start is None or end is None or end <= span.start:
        return None
    # A moment belongs to one window only; a microsecond is finer than any log.
    return Span(span.start - (end - span.start), span.start - 1e-6)


def _speeds(ledger: "Ledger", by: str, span: Span, where: Condition) -> dict[str | None, float]:
    if by == "validator":
        return {}
    column = questions.GROUPS[by]
    rows = questions.within(span, where).ask(ledger, _SPEED, column=column)
    name = ledger.names.name if column in NAMED else str
    return {
        None if label is None else name(label): tokens / seconds
        for label, tokens, seconds in rows
        if seconds
    }


_SPEED = """
    SELECT {column}, sum(output_tokens), sum(latency_ms) / 1000 FROM calls
    WHERE output_tokens IS NOT NULL AND latency_ms IS NOT NULL
      AND time_s BETWEEN ? AND ? AND {where} GROUP BY 1"""
