"""What became of each report: `reports.jsonl` beside the inbox, one line for each step.

Lines are added and never changed. The whole table is in docs/channel.md.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec

from tailllm.channel.log import Log
from tailllm.corpus.record import moment, seconds

NAME: Final = "reports.jsonl"
Kind = Literal[
    "received", "linked", "offered", "edited", "replied", "withdrawn",
    "accepted", "dismissed", "duplicate", "reopened", "fixed", "broke",
]  # fmt: skip
DECIDED: Final = frozenset({"accepted", "dismissed", "duplicate"})
TOLD: Final = frozenset({"accepted", "dismissed", "duplicate", "fixed", "broke"})
"""Steps of which a reporter hears."""


class Step(msgspec.Struct, omit_defaults=True):
    """One thing that happened to a report. Empty: nothing to say about this."""

    kind: Kind
    report: str
    at: str
    host: str = ""
    by: str = ""
    """Of a decision: who made it."""
    channel: str = ""
    """Of received: the name in the config."""
    source: str = ""
    author: str = ""
    author_id: str = ""
    link: str = ""
    reported: str = ""
    """Of received: when somebody reported it."""
    item: str = ""
    """The item of the inbox it is now."""
    id: str = ""
    """Of what happened where it came from: its id there."""
    call: str = ""
    """Of linked: the key of the call."""
    how: str = ""
    near: tuple[tuple[str, float], ...] = ()
    """Of offered: keys of calls and how alike they are."""
    case: str = ""
    why: str = ""
    run: str = ""
    commit: str = ""
    prompt: str = ""


class Story(msgspec.Struct):
    """One report with all that happened to it."""

    first: Step
    """How it came in."""
    steps: list[Step]
    """All of it in order, the first included."""
    item: str

    @property
    def id(self) -> str:
        """Of the report."""
        return self.first.report

    @property
    def decision(self) -> Step | None:
        """The decision that stands."""
        for step in reversed(self.steps):
            if step.kind in DECIDED:
                return step
            if step.kind == "reopened":
                return None
        return None

    @property
    def outcome(self) -> Step | None:
        """Whether its case passes since, or fails again; None before the first run."""
        found: Step | None = None
        for step in self.steps:
            if step.kind in ("fixed", "broke"):
                found = step
            elif step.kind in ("accepted", "reopened"):
                found = None
        return found

    @property
    def call(self) -> Step | None:
        """How it was linked to a logged call."""
        return next((step for step in reversed(self.steps) if step.kind == "linked"), None)

    @property
    def offered(self) -> tuple[tuple[str, float], ...]:
        """Calls it may be about, where none was linked."""
        found = (step.near for step in reversed(self.steps) if step.kind == "offered")
        return () if self.call else next(found, ())

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is gone where it came from: nobody can be answered there."""
        return any(step.kind == "withdrawn" for step in self.steps)

    @property
    def reported(self) -> float:
        """Seconds since the epoch."""
        return seconds(self.first.reported or self.first.at)

    @property
    def state(self) -> str:
        """Where it stands, in a word or two."""
        decision, outcome = self.decision, self.outcome
        if decision is None:
            return "withdrawn" if self.is_withdrawn else "waits"
        if decision.kind == "accepted":
            return f"{outcome.kind if outcome else 'accepted'} {decision.case}"
        return f"duplicate of {decision.case}" if decision.case else "dismissed"


class Ledger:
    """The reports of one corpus folder."""

    def __init__(self, folder: Path, *, host: str, clock: Callable[[], float]) -> None:
        self.log = Log(folder / NAME, Step)
        self._host = host
        self._clock = clock

    def read(self) -> dict[str, Story]:
        """Every report by its id, the longest reported first.

        Raises:
            CorpusError: The file is there and cannot be read.
        """
        return stories(self.log.read())

    def step(self, kind: Kind, report: str, **more: object) -> Step:
        """A step that happens now; nothing is written yet."""
        at = moment(self._clock())
        return msgspec.convert(
            {"kind": kind, "report": report, "at": at, "host": self._host} | more, Step
        )

    def add(self, steps: Iterable[Step]) -> None:
        """Write steps; on disk on return."""
        self.log.add(steps)


def stories(steps: Iterable[Step]) -> dict[str, Story]:
    """Steps by report, the longest reported first. A report received twice is one report."""
    found: dict[str, Story] = {}
    early: dict[str, list[Step]] = {}
    for step in steps:
        story = found.get(step.report)
        if story is None and step.kind == "received":
            found[step.report] = Story(step, [step, *early.pop(step.report, ())], step.item)
        elif story is None:
            early.setdefault(step.report, []).append(step)  # a merge may have turned the order
        elif step.kind != "received":
            story.steps.append(step)
            story.item = step.item or story.item
    # After a long absence the newest page comes in first.
    return dict(sorted(found.items(), key=lambda pair: pair[1].reported))
