"""A feed that answers from memory, and an app that shows one screen of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tailllm import tui
from tailllm.errors import CorpusError, GoneError
from tailllm.feed.rejects import Rejects
from tailllm.records.call import Call, Message, MessagePart, Source, Usage
from tailllm.records.line import RawLine
from tailllm.records.row import Row
from tailllm.store.novelties import Novelties
from tailllm.store.window import Window
from tailllm.tui import themes
from tailllm.tui.screens.inspector import InspectorScreen
from tests.wait import PATIENCE_S


class FakeFeed:
    """What the screens ask of a feed, answered from a list."""

    def __init__(self) -> None:
        self.window = Window()
        self.store = SimpleNamespace(
            window=self.window, slow_over=lambda row: 2_000.0, novelties=Novelties(100)
        )
        self.rejects = Rejects()
        self.notices: list[Any] = []
        self.files: list[Any] = []
        self.calls: dict[str, Call | Exception] = {}
        self.lines: dict[str, list[RawLine]] = {}
        self.bytes: dict[Any, bytes] = {}
        self.gate: Event | None = None

    def add(self, row: Row, call: Call | Exception, lines: list[bytes]) -> int:
        self.calls[row.key] = call
        self.lines[row.key] = [
            RawLine(address, text) for address, text in zip(row.source, lines, strict=False)
        ]
        return self.window.extend([row])[0]

    def call(self, row: Row) -> Call:
        if self.gate:
            self.gate.wait(PATIENCE_S)
        found = self.calls[row.key]
        if isinstance(found, Exception):
            raise found
        return found

    def raw(self, row: Row) -> list[RawLine]:
        found = self.calls[row.key]
        if isinstance(found, GoneError):
            raise found
        return self.lines[row.key]

    def path(self, file: str) -> str:
        return "prod/calls.jsonl"

    def line(self, address: Any) -> RawLine:
        found = self.bytes.get(address)
        if found is None:
            raise GoneError("the file was rotated away", fix="Look in the older file.")
        return RawLine(address, found)


class FakeKeeper:
    """Keeps marks in memory, or refuses."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.found: tuple[str, ...] = ()
        self.unseen: tuple[str, ...] = ()
        self.notes: list[dict[str, Any]] = []
        self.full = False
        self.gate = Event()
        self.gate.set()

    @property
    def marked(self) -> frozenset[str]:
        return frozenset(self.ids)

    def mark_id(self, row: Row) -> str | None:
        return self.ids.get(row.key)

    def secrets(self, row: Row) -> tuple[str, ...]:
        return self.found

    def unseen_secrets(self, row: Row) -> tuple[str, ...]:
        found, self.unseen = self.unseen, ()
        return found

    def without_secrets(self, call: Call) -> tuple[Call, tuple[str, ...]]:
        return call, self.found

    def mark(self, row: Row, **said: Any) -> Any:
        if self.full:
            raise CorpusError("the disk is full", fix="Free some space and press m again.")
        self.gate.wait(PATIENCE_S)
        self.ids[row.key] = "m1"
        self.notes.append(said)
        return SimpleNamespace(mark_id="m1", path="corpus/marks.jsonl", rescued=False, note="")

    def unmark(self, row: Row) -> Any:
        del self.ids[row.key]
        return SimpleNamespace(mark_id="m1", path="corpus/marks.jsonl", rescued=False, note="")

    def undo(self) -> Any:
        return None


class Stage(App[Any]):
    """An app of one screen."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = str(Path(tui.__file__).with_name("tailllm.tcss"))

    def __init__(self, screen: Screen[Any], theme: str = "tailllm-dark") -> None:
        super().__init__()
        for known in (themes.DARK, themes.LIGHT):
            self.register_theme(known)
        self.theme = theme
        self.first = screen
        self.left_with: Any = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.PLAIN_VARIABLES

    def on_mount(self) -> None:
        self.push_screen(self.first, self._left)

    def _left(self, result: Any) -> None:
        self.left_with = result


async def until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    """Let the app run until `true()` is."""
    deadline = monotonic() + PATIENCE_S
    while not true():
        assert monotonic() < deadline, f"waited {PATIENCE_S} s in vain"
        await pilot.pause(0.01)
    await pilot.pause()


def text(app: App[Any]) -> str:
    """What the screen shows, as plain text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.fixture
def feed() -> FakeFeed:
    return FakeFeed()


@pytest.fixture
def keeper() -> FakeKeeper:
    return FakeKeeper()


@pytest.fixture
def make_call() -> Callable[..., Call]:
    """A boring good call; a test names only the field it is about."""

    def make(**fields: Any) -> Call:
        plain: dict[str, Any] = {
            "key": "resp:chatcmpl-00000",
            "format": "native",
            "status": "ok",
            "source": (Source(file="prod/calls.jsonl", offset=0, length=999),),
            "start_time": datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
            "latency_ms": 1105.0,
            "request_model": "claude-sonnet-4-5",
            "prompt_name": "billing",
            "prompt_version": "v15",
            "request_params": {"temperature": 0.2},
            "system_instructions": "You are the billing assistant.\nBe kind.\nBe brief.\nNo refunds.\n"
            + "Never talk about the weather.\n" * 20,
            "input_messages": (
                say("user", "hi, my invoice says 2 charges"),
                say("assistant", "I can look into that. Could you share the order number?"),
                say("user", "A-1234, charged twice"),
            ),
            "output_messages": (say("assistant", "One of them is a hold."),),
            "output_text": "One of them is a hold.",
            "finish_reason": "stop",
            "usage": Usage(input_tokens=1180, output_tokens=92, cache_read_input_tokens=375),
        }
        return Call(**(plain | fields))

    return make


def say(role: str, text: str) -> Message:
    return Message(role=role, parts=(MessagePart(type="text", content=text),))


@pytest.fixture
def opened(
    feed: FakeFeed, keeper: FakeKeeper, make_row: Callable[..., Row], make_call: Callable[..., Call]
) -> Callable[..., InspectorScreen]:
    """The inspector on one call, with calls before and after it."""

    def open_on(call: Call | Exception | None = None, *lines: bytes, **row: Any) -> InspectorScreen:
        feed.add(make_row(), make_call(), [b"{}"])
        middle = make_row(**row)
        seq = feed.add(middle, call or make_call(), list(lines) or [b'{"a": 1}'])
        feed.add(make_row(verdicts=(("no_pii", "failed"),)), make_call(), [b"{}"])
        return InspectorScreen(feed, keeper, seq)  # type: ignore[arg-type]

    return open_on
