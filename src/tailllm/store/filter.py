"""The language of `/` and `--where`: which calls to show.

    refund invoice          both words, anywhere in what the list shows of a call
    "past rides"            these words together, anywhere in what the model saw or said
    model:gpt  model:*mini  the field has it; with * the whole value is compared
    model=gpt-4o            the field is exactly this
    latency>2s in>5k        comparisons: > >= < <= = !=, with units
    since:15m               from then on; also since:14:02, time:14:02..14:10, until:
    status:fail|error       either value; status=ok also where a validator failed
    is:retry is:caps        what a call is; the help lists them all
    -is:slow  !refund       not
    a OR b  (a OR b) c      either; brackets group
    saved:mine              a filter of tailllm.toml

What the log does not say matches nothing, so its opposite matches: `-user:*` finds calls
without a user. The same tree answers for a row (`Filter.__call__`) and as SQL for the ledger
(`Filter.condition`).
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from tailllm.errors import FilterError
from tailllm.records.row import Row
from tailllm.store import fields
from tailllm.store.fields import FIELDS
from tailllm.store.where.moments import Now
from tailllm.store.where.nodes import (
    EVERYTHING,
    Around,
    Condition,
    Facts,
    Node,
    condition_of,
    is_askable,
    test_of,
)
from tailllm.store.where.reading import Reading

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

__all__ = ["Around", "Condition", "Filter", "FilterError", "Now", "complete", "parse", "term"]


class Filter:
    """Decides whether a call is shown. Make one with `parse`."""

    fields = FIELDS
    """Everything one can filter by, for the help."""

    __slots__ = ("_node", "_test", "asks", "text")

    def __init__(self, text: str, node: Node | None, asks: frozenset[str] = frozenset()) -> None:
        self.text = text
        self._node = node
        self._test = None if node is None else test_of(node)
        self.asks = asks
        """What the answer depends on besides the row: names of `is:`, and `text`."""

    @property
    def needs_rows(self) -> bool:
        """Whether the ledger cannot answer: `condition` is None."""
        return self._node is not None and not is_askable(self._node)

    @property
    def asks_marked(self) -> bool:
        """Whether the answer depends on `marked`; else a caller need not find out."""
        return "marked" in self.asks

    @property
    def asks_slow(self) -> bool:
        """Whether it depends on `slow`."""
        return "slow" in self.asks

    @property
    def asks_novel(self) -> bool:
        """Whether the answer depends on scores against the corpus."""
        return "novel" in self.asks

    @property
    def asks_around(self) -> bool:
        """Whether it depends on `around`: on the other calls, or on whole messages."""
        return bool(self.asks & fields.AROUND) or "text" in self.asks

    def __call__(
        self,
        row: Row,
        *,
        marked: bool = False,
        slow: bool = False,
        around: Around | None = None,
        novelty: float | None = None,
    ) -> bool:
        """Whether this call is shown."""
        return self._test is None or self._test(row, Facts(marked, slow, around, novelty))

    def condition(self, ledger: "Ledger") -> Condition | None:
        """The same as SQL over `calls`, with its values apart.

        Good for the calls the ledger holds now: ask for it again before the next question.

        Returns:
            None when it asks for what the ledger does not hold (texts, marks, `is:slow` and
            what needs `around`): then only the rows can answer.
        """
        return EVERYTHING if self._node is None else condition_of(self._node, ledger)

    def __bool__(self) -> bool:
        """Whether it can hide anything at all."""
        return self._test is not None

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"


def parse(
    text: str,
    *,
    now: Now | None = None,
    saved: Mapping[str, str] | None = None,
    path: Callable[[str], str] = str,
) -> Filter:
    """Read a filter.

    Args:
        text: As typed.
        now: What `since:15m` and `14:02` are relative to; this moment if not given.
        saved: Filters by name, for `saved:NAME`.
        path: From a file id to the path it has now, for `file:NAME`.

    Raises:
        FilterError: It makes no sense, and where; nothing else is ever raised.
    """
    reading = Reading(text, now or Now(time.time()), saved or {}, path)
    node = reading.all()
    return Filter(text, node, frozenset(reading.asks))


def term(field: str, value: str | None, *, hide: bool = False) -> str:
    """The text that keeps, or hides, exactly one value of a field."""
    fields.find(field)
    minus = "-" if hide else ""
    if value is None:
        return f"{'' if hide else '-'}{field}:*"
    sign = ":" if field in ("is", "validator") else "="
    return f"{minus}{field}{sign}{value if _is_bare(value) else _quoted(value)}"


def complete(
    text: str, limit: int = 8, *, values: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """What the last word of a half-typed filter could become, the whole filter each time.

    Args:
        text: As typed so far.
        limit: How many at most.
        values: Values seen, by the field's own name, the most frequent first.
    """
    if text.endswith(")"):
        return []
    last = re.search(r"[^\s()]*$", text)
    typed = last[0].lstrip("-!") if last else ""
    start = len(text) - len(typed)
    found = _completions(typed.casefold(), values or {})
    return [text[:start] + one for one in islice(found, limit)]


def _completions(typed: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for field in FIELDS:
        sign = ":" if field.kind not in ("duration", "count", "money", "share") else ">"
        full = [f"{field.name}{sign}{choice}" for choice in field.choices] or [field.name + sign]
        yield from (one for one in full if one.startswith(typed) and one != typed)
    name, sign, begun = typed.partition(":")
    field_or_none = fields.BY_NAME.get(name)
    if not sign or field_or_none is None:
        return
    begun = begun.lstrip('"')
    for value in values.get(field_or_none.name, ()):
        if begun in value.casefold() and value.casefold() != begun:
            yield f"{name}:{value if _is_bare(value) else _quoted(value)}"


def _is_bare(value: str) -> bool:
    return bool(re.fullmatch(r"[\w.@/+-]+(?::[\w.@/+-]+)*", value))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
