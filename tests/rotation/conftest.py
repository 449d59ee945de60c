"""Readers of one corpus: their sessions on disk, a clock, calls made by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tailllm.corpus.inbox import Inbox
from tailllm.corpus.marks import Marks
from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Sessions
from tailllm.feed.keeper import Keeper
from tailllm.records.row import Row
from tailllm.rotation.desk import Desk
from tailllm.rotation.drawing import Wish
from tests.conftest import NOON
from tests.tui.stage import FakeFeed


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        self.now += 1
        return self.now


def card(number: int, share: str = "random", **more: object) -> Card:
    plain = {"asked": f"question {number}", "prompt": "billing@v14", "why": share}
    return Card(f"resp:{number}", f"id-{number}", share, **(plain | more))  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(tmp_path: Path, clock: Clock) -> Callable[..., Sessions]:
    def make(by: str = "ana", **more: object) -> Sessions:
        said = {"host": "prod-3", "version": "0.1", "clock": clock} | more
        return Sessions(tmp_path / "corpus", by=by, **said)  # type: ignore[arg-type]

    return make


def dealt(sessions: Sessions, *cards: Card, drawn: tuple[str, ...] = ()):
    """A session over these cards."""
    with sessions.drawing():
        return sessions.start(
            cards, drawn=drawn, seed=1, mix={"random": len(cards)}, period_s=None, population=100
        )


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, reader: Callable[..., Sessions]) -> Callable[..., Desk]:
    """A reader's desk over calls made by hand; marks and sessions are on disk."""

    def make(rows: Sequence[Row], by: str = "ana", **wish: object) -> Desk:
        folder = tmp_path / "corpus"
        said = {"by": by, "host": "prod-3", "version": "0.1", "clock": clock}
        marks = Marks(folder, fallback=tmp_path / "rescued", **said)  # type: ignore[arg-type]
        inbox = Inbox(folder, marks, **said)  # type: ignore[arg-type]
        keeper = Keeper(FakeFeed(rows), marks)  # type: ignore[arg-type]
        plain = {"size": 5, "period_s": None, "seed": 1, "mix": {"random": 1}}
        return Desk(keeper, reader(by), inbox, Wish(**(plain | wish)))  # type: ignore[arg-type]

    return make
