"""What was decided at the inbox, noted for each report: by whoever decided, on whatever screen."""

from collections.abc import Iterator, Mapping
from typing import Literal

from tailllm.channel.ledger import Ledger, Step, Story
from tailllm.corpus.items import Item

_STEPS: Mapping[str, Literal["accepted", "dismissed", "duplicate"]] = {
    "accept": "accepted",
    "dismiss": "dismissed",
    "duplicate": "duplicate",
}


def news(ledger: Ledger, stories: Mapping[str, Story], items: Mapping[str, Item]) -> list[Step]:
    """The decisions that the ledger does not know yet, and those that were taken back."""
    return [step for story in stories.values() for step in _of(ledger, story, items)]


def _of(ledger: Ledger, story: Story, items: Mapping[str, Item]) -> Iterator[Step]:
    item, known = items.get(story.item), story.decision
    latest = item.decided[-1] if item and item.decided else None
    if latest is None:
        if known is not None and item is not None:
            yield ledger.step("reopened", story.id)
        return
    kind = _STEPS[latest.kind]
    if known is None or (known.kind, known.case, known.why) != (
        kind,
        latest.case or "",
        latest.why or "",
    ):
        step = ledger.step(kind, story.id, case=latest.case or "", why=latest.why or "")
        step.by, step.at = latest.by, latest.at
        yield step
