"""Readers of one corpus: their sessions on disk, a clock, calls made by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Sessions
from tests.conftest import NOON


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
