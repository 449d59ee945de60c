"""Which calls a screen is about: a filter and a time window, and where to ask for them."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from tailllm.store.span import Span
from tailllm.tui.facts import EVERYTHING, SPANS

if TYPE_CHECKING:
    from tailllm.records.row import Row
    from tailllm.store.errand import Errand
    from tailllm.store.filter import Filter
    from tailllm.store.store import Store
    from tailllm.store.where.nodes import Condition
    from tailllm.tui.setting import Setting

VALUES_FROM = 5_000
"""The newest calls whose values are offered while somebody types."""
TOLD_EVERY = 16
"""Calls between two looks at whether somebody still waits: reading a text again takes 0.1 ms."""
Told = Callable[[int, int], None]


class Scope(NamedTuple):
    """What somebody has narrowed the calls down to."""

    filter: str = ""
    span: int = EVERYTHING
    """Index into `SPANS`."""

    @property
    def window(self) -> str:
        """The time window in words."""
        name, seconds = SPANS[self.span]
        return "all calls" if seconds is None else f"last {name}"

    @property
    def where(self) -> str:
        """Filter and window as one filter, to hand over."""
        name, seconds = SPANS[self.span]
        return self.filter if seconds is None else both(self.filter, f"since:{name}")

    def narrowed(self, term: str) -> "Scope":
        """The same with one more condition."""
        return self._replace(filter=both(self.filter, term))


class Chosen(NamedTuple):
    """Where the calls of a scope are, and the condition that finds them there."""

    store: "Store"
    where: "Condition"
    span: Span
    held: int
    """Calls it was chosen from."""


def both(text: str, term: str) -> str:
    """A filter and one more condition, which it may already have."""
    text = text.strip()
    if not text or not term:
        return text or term
    if f" {term} " in f" {text} ":
        return text
    return f"({text}) {term}" if " OR " in text else f"{text} {term}"


def during(span: Span) -> str:
    """A stretch of time as a filter; empty for all times."""
    start, end = span
    words = (("since", start), ("until", end))
    return " ".join(f"{word}:{iso(at)}" for word, at in words if at is not None)


def iso(at: float) -> str:
    """A moment as filters and commands take it."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def readable(setting: "Setting", text: str) -> "Filter":
    """The filter of a text, with saved filters and with times relative to this log.

    Raises:
        FilterError: It makes no sense, and where.
    """
    from tailllm.store.filter import Now, parse

    now = Now(setting.clock(), setting.feed.store.newest_at)
    return parse(text, now=now, saved=setting.filters, path=setting.feed.path)


def rows(setting: "Setting", text: str, told: "Told | None" = None) -> list["Row"]:
    """The calls in memory that a filter chooses, oldest first. Not for the UI thread.

    Args:
        setting: Where the calls are.
        text: The filter.
        told: Hears that so many of so many have been looked at; may raise, to give up.
    """
    keep = readable(setting, text)
    feed, around = setting.feed, None
    held = [row for _, row in feed.window.newest_first()]
    if keep.asks_around:
        from tailllm.ask.texts import Texts
        from tailllm.store.where.surroundings import Surroundings

        around = Surroundings(held, Texts(feed).holds)
    marked = setting.keeper.marked if keep.asks_marked else frozenset()
    slow = setting.is_slow if keep.asks_slow else _never
    novelty, found = feed.store.novelties.novelty, []
    for done, row in enumerate(held):
        if told is not None and not done % TOLD_EVERY:
            told(done, len(held))
        facts = {"slow": slow(row), "marked": row.key in marked}
        if keep(row, **facts, around=around, novelty=novelty(row)):
            found.append(row)
    return sorted(found, key=lambda row: row.at)


def chosen(setting: "Setting", scope: Scope, errand: "Errand | None" = None) -> Chosen:
    """Where to ask about the calls of a scope. Not for the UI thread.

    The ledger knows all calls; a filter that looks at texts, at marks or at other calls is
    answered from those in memory.
    """
    from tailllm.store.store import Store

    feed = setting.feed
    span = feed.span_ending_now(SPANS[scope.span][1])
    where = readable(setting, scope.filter).condition(feed.store.ledger)
    if where is not None:
        held = len(feed.window) + feed.window.dropped
        return Chosen(feed.store, where, span, held)
    from tailllm.store.where.nodes import EVERYTHING as ALL

    found = rows(setting, scope.filter, None if errand is None else errand.step)
    store = Store(window_size=max(1, len(found)))
    store.scored_like(feed.store, found, store.extend(found))
    return Chosen(store, ALL, span, len(feed.window))


def values(setting: "Setting", field: str, limit: int = 50) -> list[str]:
    """Values the newest calls have for a field of the filter, the most frequent first."""
    get = _values_of(field)
    if get is None:
        return sorted(setting.filters) if field == "saved" else []
    shown = setting.feed.path if field == "file" else str
    counts: Counter[str] = Counter()
    for number, (_, row) in enumerate(setting.feed.window.newest_first()):
        if number >= VALUES_FROM:
            break
        counts.update(get(row))
    return [shown(value) for value, _ in counts.most_common(limit)]


def _values_of(field: str) -> "Callable[[Row], list[str]] | None":
    from tailllm.store import labels
    from tailllm.store.where.columns import TEXTS

    if field == "validator":
        return lambda row: [name for name, _ in row.verdicts]
    if field == "error":
        return lambda row: [found for found in (labels.error(row),) if found]
    if field in ("asked", "reply", "key") or field not in TEXTS:
        return None
    get = TEXTS[field].get
    return lambda row: [found for found in (get(row),) if found]


def _never(_row: "Row") -> bool:
    return False
