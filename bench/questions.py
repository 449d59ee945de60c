"""Every question of an incident over one large ledger: worked out, and on its screen."""

import asyncio
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.asking import store_of
from tailllm.ask.versions import versions
from tailllm.config.model import Config
from tailllm.corpus.opening import open_marks
from tailllm.feed.feed import Feed
from tailllm.feed.keeper import Keeper
from tailllm.store.errand import Errand, GivenUpError
from tailllm.store.filter import parse
from tailllm.store.span import ALL, Span
from tailllm.tui.app import TailllmApp
from tailllm.tui.scope import Scope
from tailllm.tui.setting import Setting

if TYPE_CHECKING:
    from tailllm.store.store import Store
    from tailllm.tui.screens.question import Question

DOCUMENT = Path(__file__).parents[1] / "docs" / "questions.md"
START, END = "<!-- questions: start -->", "<!-- questions: end -->"
GOAL_MS = 200
PATIENCE_S = 120.0


class Taken(NamedTuple):
    """One question."""

    name: str
    worked_out_ms: float
    shown_ms: float | None
    """From opening its screen to the drawn answer; None where it has none."""


def run(folder: Path, calls: int, rounds: int, *, publish: bool) -> None:
    """Ask each, `rounds` times, and give the longest up."""
    log = folder / "nothing.jsonl"
    log.write_text("")
    feed = Feed([str(log)], Config())
    feed.store = store_of(calls)
    setting = Setting(feed=feed, keeper=Keeper(feed, _marks(folder)), targets=(str(log),))
    shown = asyncio.run(_screens(setting, rounds))
    found = [
        Taken(name, _ms(work, rounds), shown.get(name))
        for name, work in _questions(feed.store).items()
    ]
    for name, took in shown.items():
        if name not in {one.name for one in found}:
            found.append(Taken(name, float("nan"), took))
    text = _table(found, calls, _given_up_ms(feed.store))
    print(f"\n{text}")
    if publish:
        old = DOCUMENT.read_text()
        head, rest = old.split(START)
        DOCUMENT.write_text(f"{head}{START}\n{text}\n{END}{rest.split(END)[1]}")
    feed.close()


def _questions(store: "Store") -> dict[str, Callable[[], object]]:
    newest = store.newest_at or 0.0
    hour, middle = Span(newest - 3600, None), newest - 3600

    def changed(before: str, after: str) -> object:
        sides = [parse(text).condition(store.ledger) for text in (before, after)]
        return store.changed(*(side for side in sides if side is not None))

    at = datetime.fromtimestamp(middle, UTC).isoformat().replace("+00:00", "Z")
    where = parse("latency>2s is:bad").condition(store.ledger)
    return {
        "stats, check": store.stats,
        "stats where `latency>2s is:bad`": lambda: store.stats(where=where or _everything()),
        "groups by prompt": lambda: store.groups("prompt"),
        "groups by validator": lambda: store.groups("validator"),
        "groups by user": lambda: store.groups("user"),
        "groups by model, last hour and the one before": lambda: store.groups("model", hour),
        "what failing calls share": lambda: changed("-is:bad", "is:bad"),
        "changed since an hour before the end": lambda: changed(f"until:{at}", f"since:{at}"),
        "prompt versions": lambda: versions(store),
        "timeline": lambda: store.timeline(ALL, 60),
        "groups by conversation, all of them": lambda: store.groups("conversation"),
    }


def _everything() -> Any:
    from tailllm.store.where.nodes import EVERYTHING

    return EVERYTHING


async def _screens(setting: Setting, rounds: int) -> dict[str, float]:
    """From opening to answer, at 80x24, while the list goes on behind."""
    app = TailllmApp(setting)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(1.0)
        taken: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, make in _makers(setting).items():
                screen = make()
                begun = perf_counter()
                app.push_screen(screen)
                while screen.waiting or screen.answer is None:
                    await asyncio.sleep(0.002)
                    assert perf_counter() - begun < PATIENCE_S, name
                taken.setdefault(name, []).append((perf_counter() - begun) * 1e3)
                app.pop_screen()
                await pilot.pause()
    return {name: median(some) for name, some in taken.items()}


def _makers(setting: Setting) -> "dict[str, Callable[[], Question]]":
    from tailllm.tui.screens.changed import ChangedScreen
    from tailllm.tui.screens.groups import GroupsScreen
    from tailllm.tui.screens.timeline import TimelineScreen
    from tailllm.tui.screens.versions import VersionsScreen
    from tailllm.tui.screens.ways import Here

    everything, newest = Scope(), setting.feed.store.newest_at or 0.0
    here = Here(newest - 3600, None)
    return {
        "groups by prompt": lambda: GroupsScreen(setting, everything, "prompt"),
        "groups by validator": lambda: GroupsScreen(setting, everything, "validator"),
        "groups by user": lambda: GroupsScreen(setting, everything, "user"),
        "groups by model, last hour and the one before": lambda: GroupsScreen(
            setting, Scope(span=3), "model"
        ),
        "groups by conversation, the 1,000 with most bad calls": lambda: GroupsScreen(
            setting, everything, "conversation"
        ),
        "what failing calls share": lambda: ChangedScreen(setting, everything, here),
        "changed since an hour before the end": lambda: ChangedScreen(
            setting, everything, here, "since here"
        ),
        "prompt versions": lambda: VersionsScreen(setting, everything),
        "timeline": lambda: TimelineScreen(setting, everything),
    }


def _ms(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        begun = perf_counter()
        work()
        taken.append((perf_counter() - begun) * 1e3)
    return median(taken)


def _given_up_ms(store: "Store") -> float:
    """From giving the longest question up to its end."""
    errand = Errand()

    def ask() -> None:
        try:
            with store.ledger.on(errand):
                store.groups("conversation")
        except GivenUpError:
            pass

    thread = Thread(target=ask)
    thread.start()
    while not errand.share:
        sleep(0.001)
    begun = perf_counter()
    errand.give_up()
    thread.join()
    return (perf_counter() - begun) * 1e3


def _marks(folder: Path) -> Any:
    return open_marks(folder / "corpus", by="bench", environ=os.environ)


def _table(found: list[Taken], calls: int, given_up_ms: float) -> str:
    """Markdown."""
    day = datetime.now(UTC).date().isoformat()
    rows = [
        f"Measured {day} on {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), "
        f"Python {platform.python_version()}, over {calls:,} calls, medians.",
        "",
        "| question | worked out | on its screen | within 200 ms |",
        "|---|---|---|---|",
    ]
    for one in found:
        screen = "" if one.shown_ms is None else f"{one.shown_ms:,.0f} ms"
        out = "" if one.worked_out_ms != one.worked_out_ms else f"{one.worked_out_ms:,.0f} ms"
        slowest = max(one.shown_ms or 0.0, 0.0 if not out else one.worked_out_ms)
        says = "yes" if slowest <= GOAL_MS else "says how far it is, can be given up"
        rows.append(f"| {one.name} | {out} | {screen} | {says} |")
    return "\n".join([*rows, "", f"The longest, given up: ended after {given_up_ms:,.0f} ms."])
