"""The inbox as people decide by it: each item with its words, its reply and what is like it."""

from collections import Counter
from collections.abc import Collection, Sequence
from statistics import median
from typing import NamedTuple

from tailllm.corpus.case import Case, content_id
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.interaction import interaction, user_text
from tailllm.corpus.items import Item
from tailllm.corpus.record import seconds
from tailllm.corpus.similar import Near, Nearest
from tailllm.errors import CorpusError, TailllmError, UsageError
from tailllm.records.call import Call
from tailllm.validators.language import detect

READ_AHEAD = 50
"""Items whose content is read before anybody has selected them."""
NAMED = 3
"""Cases that are shown as the likest."""


class Seen(NamedTuple):
    """What an item holds."""

    call: Call | None
    """None when its line can no longer be read."""
    text: str
    """What people wrote in it."""
    reply: str
    told: str
    """What of the corpus is like it, in one sentence; or why the item cannot be read."""
    near: tuple[Near, ...] = ()
    """The likest ones."""
    alike: int = 0
    """How many cases are near."""

    @property
    def prompt(self) -> str:
        """`name@version` as the log has it."""
        if self.call is None:
            return "-"
        return f"{self.call.prompt_name or '-'}@{self.call.prompt_version or '-'}"


class Progress(NamedTuple):
    """How triage goes."""

    decided: Counter[str]
    """Items by their latest decision: accept, dismiss, duplicate."""
    disputed: int
    median_s: float | None
    """From the first voice to the first decision; None while nothing is decided."""


class Table(NamedTuple):
    """The inbox at one time."""

    items: tuple[Item, ...]
    """Waiting and disputed ones, or all of them; oldest first."""
    waiting: int
    total: int
    cases: int
    unread: int
    """Lines of the inbox that nobody can read."""
    sources: Counter[str]
    """Waiting items by where they came from."""
    progress: Progress


class Triage:
    """One person's desk. Reads and writes files: use it off the UI thread."""

    def __init__(self, inbox: Inbox, *, validators: Collection[str]) -> None:
        self.inbox = inbox
        self._validators = validators
        self._calls: dict[str, Call] = {}
        self._seen: dict[str, Seen] = {}
        self._nearest = Nearest((), language=detect)
        self._cases: tuple[Case, ...] = ()
        self._stamp: object = None

    def is_news(self) -> bool:
        """Whether a look would see something that the last one did not."""
        return self.inbox.stamp != self._stamp

    def look(self, *, everything: bool = False) -> Table:
        """Read inbox and corpus anew.

        Raises:
            CorpusError: A file is there and cannot be read.
        """
        self._stamp = self.inbox.stamp
        listing, cases = self.inbox.read(), self.inbox.cases().cases
        if cases != self._cases:
            self._cases, self._nearest = cases, Nearest(cases, language=detect)
        self._seen = {}
        waiting = listing.waiting
        shown = [item for item in listing.items if everything or item.waits or item.disputed]
        for item in shown[:READ_AHEAD]:
            self.seen(item)
        return Table(
            tuple(shown),
            len(waiting),
            len(listing.items),
            len(self._nearest),
            listing.unread,
            Counter(item.source for item in waiting),
            progress(listing.items),
        )

    def seen(self, item: Item) -> Seen:
        """What an item holds, and what was like it at the last look."""
        known = self._seen.get(item.mark_id)
        if known is None:
            known = self._seen[item.mark_id] = self._look_at(item)
        return known

    def accept(self, item: Item) -> str:
        """Make it a case; the id of the case, when it is on disk."""
        return self.inbox.accept(item, validators=self._validators).case.id

    def duplicate(self, item: Item, start: str) -> str:
        """Say which case covers it, by the start of its id; the id in full.

        Raises:
            UsageError: None starts like this, or several do.
        """
        known = [case.id for case in self.inbox.cases().cases if case.id.startswith(start)]
        known = [start] if start in known else known
        if len(known) != 1 or not start:
            raise UsageError(
                f"{len(known) or 'no'} cases start with {start!r}",
                fix="`tailllm corpus list` lists them.",
            )
        self.inbox.duplicate(item, known[0])
        return known[0]

    def _look_at(self, item: Item) -> Seen:
        try:
            call = self._call(item)
        except CorpusError as error:
            return Seen(None, "", "", error.what)
        found = interaction(call)
        text = user_text(found.messages)
        told = self._nearest.told(text, content_id(found.messages, found.tools))
        near = tuple(self._nearest.near(text))
        return Seen(call, text, found.observed.content, told, near[:NAMED], len(near))

    def _call(self, item: Item) -> Call:
        known = self._calls.get(item.mark_id)
        if known is None:
            known = self._calls[item.mark_id] = self.inbox.whole(item).call
        return known


def progress(items: Sequence[Item]) -> Progress:
    """Count what was decided, and how long people waited for it."""
    decided = [item for item in items if item.decided]
    kinds: Counter[str] = Counter(item.decided[-1].kind for item in decided)
    waits = [min(seconds(line.at) for line in item.decided) - item.at for item in decided]
    return Progress(
        kinds,
        sum(item.disputed for item in decided),
        max(0.0, median(waits)) if waits else None,
    )


def age(seconds_: float) -> str:
    """`3d`, `9h`, `12m`: one number is enough to feel how long somebody has waited."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds_ >= size:
            return f"{seconds_ // size:.0f}{unit}"
    return "now"


def refusal(error: Exception) -> str:
    """What to tell when a decision was not kept."""
    fix = f" {error.fix}" if isinstance(error, TailllmError) else ""
    return f"Not kept: {error}.{fix}"
