"""From what a source gave to an item of the inbox and a line of the ledger, each once."""

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from tailllm.channel.ledger import Ledger, Step, Story
from tailllm.channel.linking import Calls, Content, hints, itself
from tailllm.channel.report import Known, Later, Report
from tailllm.corpus.dropped import Dropped, read
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.record import moment

if TYPE_CHECKING:
    from tailllm.config.model import Config

LONGEST_NOTE = 4_000
"""Characters of a note that grows by replies."""


class Keeper:
    """Keeps what comes in. Whatever moment it is killed at, the next one goes on from there.

    A report is in the inbox first, under the id it has where it came from; by this id the
    ledger is completed when the process died in between.
    """

    def __init__(
        self,
        config: "Config",
        inbox: Inbox,
        ledger: Ledger,
        calls: Calls,
        clock: Callable[[], float],
    ) -> None:
        self._config = config
        self._inbox = inbox
        self._ledger = ledger
        self._calls = calls
        self._clock = clock
        self.stories: dict[str, Story] = {}
        self._items: dict[str, str] = {}
        self._words: set[str] = set()
        self._ids: set[str] = set()
        self.reload()

    def reload(self) -> None:
        """Read what is known."""
        self.stories = self._ledger.read()
        for line in self._inbox.read().lines:
            if line.report and line.kind == "report":
                self._items[line.report] = line.mark_id
            elif line.report:
                self._words.add(line.report)
        self._ids = set(self.stories)
        self._ids |= {step.id for story in self.stories.values() for step in story.steps if step.id}

    @property
    def known(self) -> Known:
        """What need not come in again."""
        firsts = (story.first for story in self.stories.values())
        return Known(self._ids, {step.author_id: step.author for step in firsts if step.author_id})

    def keep(self, found: Report | Later, channel: str) -> bool:
        """Keep one thing; whether it was new.

        Raises:
            CorpusError: It was not kept.
        """
        if found.id in self._ids:
            return False
        if isinstance(found, Report):
            self._report(found, channel)
            return True
        return self._later(found)

    def _report(self, report: Report, channel: str) -> None:
        at = min(report.at if report.at is not None else self._clock(), self._clock())
        steps: list[Step] = []
        item = self._items.get(report.id)
        if item is None:
            item, steps = self._into_inbox(report, at)
        first = self._ledger.step(
            "received",
            report.id,
            channel=channel,
            source=report.source,
            author=self._clean(report.author),
            author_id=self._clean(report.author_id),
            link=self._clean(report.links[0]) if report.links else "",
            reported=moment(at),
            item=item,
            id=_digest(report.text),
        )
        self._ledger.add([first, *steps])
        self._ids.add(report.id)
        self.stories[report.id] = Story(first, [first, *steps], item)

    def _into_inbox(self, report: Report, at: float) -> tuple[str, list[Step]]:
        """Its item, and how it was linked."""
        dropped = hints(read(report.text), report.text)
        if report.call:
            dropped = dropped._replace(ids=(report.call, *dropped.ids))
        if dropped.at is None:
            dropped = dropped._replace(at=report.at)
        found = self._calls.certain(dropped) or itself(
            report.text, dropped, self._config, self._clock, report.source
        )
        near = () if found else self._calls.near(_wording(dropped))
        kept = found or Content(dropped.call())
        item = self._inbox.report(
            kept.call,
            kept.raw,
            paths=kept.paths,
            source=report.source,
            reporter=report.author or None,
            link=(report.links[0] if report.links else None) or dropped.link,
            matched=kept.how,
            note=dropped.note,
            report=report.id,
            at=at,
        )
        self._items[report.id] = item
        if found and found.how:
            return item, [self._linked(report.id, found)]
        if near:
            return item, [self._ledger.step("offered", report.id, near=near)]
        return item, []

    def link(self, story: Story, content: Content) -> str:
        """Say which logged call a report is about; its item is another one from now on."""
        first = story.first
        item = self._inbox.report(
            content.call,
            content.raw,
            paths=content.paths,
            source=first.source,
            reporter=first.author or None,
            link=first.link or None,
            matched=content.how,
            note=self._note(story.item),
            report=story.id,
            at=story.reported,
        )
        step = self._linked(story.id, content)
        step.item = item
        self._ledger.add([step])
        return item

    def _linked(self, report: str, content: Content) -> Step:
        return self._ledger.step(
            "linked", report, call=self._clean(content.call.key), how=content.how or ""
        )

    def _later(self, later: Later) -> bool:
        story = self.stories.get(later.report)
        if story is None or (later.kind == "withdrawn" and story.is_withdrawn):
            return False
        more: dict[str, str] = {"id": later.id}
        if later.kind == "edited":
            digest = _digest(later.text)
            if digest in {step.id.rpartition("=")[2] for step in story.steps}:
                return False
            more["id"] = f"{later.id}={digest}"
            more["item"] = self._edited(story, later)
        elif later.kind == "replied":
            self._replied(story, later)
        step = self._ledger.step(later.kind, later.report, **more)  # type: ignore[arg-type]
        self._ledger.add([step])
        self._ids |= {later.id, step.id}
        story.steps.append(step)
        story.item = step.item or story.item
        return True

    def _edited(self, story: Story, later: Later) -> str:
        """Put the new words in the place of the old ones, while nobody has decided."""
        if story.decision is not None:
            return ""
        first = story.first
        links = (first.link,) if first.link else ()
        report = Report(
            story.id, first.source, first.author, later.text, links, None, story.reported
        )
        self._items.pop(story.id, None)
        item, _ = self._into_inbox(report, story.reported)
        return item

    def _replied(self, story: Story, later: Later) -> None:
        """Add what was said under a report to its note, once."""
        if later.id in self._words:
            return
        listing = self._inbox.read()
        item = next((item for item in listing.items if item.mark_id == story.item), None)
        if item is None:
            return
        said = f"{later.author or 'somebody'}: {later.text}"
        note = f"{item.note}\n{said}" if item.note else said
        self._inbox.words(item, note=note[:LONGEST_NOTE], report=later.id)
        self._words.add(later.id)

    def _note(self, mark_id: str) -> str | None:
        items = (item for item in self._inbox.read().items if item.mark_id == mark_id)
        return next((item.note for item in items), None)

    def _clean(self, text: str) -> str:
        return self._inbox.clean(text)


def _wording(dropped: Dropped) -> str:
    return dropped.question or dropped.answer or ""


def _digest(text: str) -> str:
    return sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]
