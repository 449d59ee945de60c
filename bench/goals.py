"""The table of goals: each row measured beside its peer in one run, and written to the docs."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import living, peers
from bench.flood import flood
from bench.lines import line, write
from bench.measure import in_turn

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
START, END = "<!-- measured: start -->", "<!-- measured: end -->"
NEWEST = "zqnewest"
SHAPES = {5_300: "5.3 KB", 435: "435 B", 51_000: "51 KB"}


class Row(NamedTuple):
    """One goal and what was measured."""

    work: str
    goal: str
    measured: str
    is_met: bool | None
    """None when a peer is missing, so nobody can say."""


def measure(
    folder: Path, *, size_bytes: int, rounds: int = 3, quick: bool = False
) -> Iterator[Row]:
    """Every row that can be measured here; `quick` makes each as small as it can be."""
    seconds, appends, files, calls = (1.0, 3, 5, 500) if quick else (5.0, 20, 200, 50_000)
    log = folder / "calls.jsonl"
    for length, name in SHAPES.items():
        write(log, max(50, size_bytes // length), length_bytes=length)
        yield from _index(folder, log, name, rounds)
    write(log, max(50, size_bytes // 5_300), length_bytes=5_300)
    _append_newest(log)
    yield from _first_screen(folder, log, rounds)
    yield from _appends(folder, log, appends)
    yield from _busy(folder, log, seconds)
    yield from _flooded(folder, seconds)
    idle = living.idle(folder, files, 4 * seconds)
    yield _at_most(f"{files} idle files watched", idle, 0.5, "% CPU")
    write(log, calls, length_bytes=4_000)
    _append_newest(log)
    held = living.memory(log, NEWEST)
    yield _at_most(f"memory after {calls:,} calls", held, 150, "MB")
    yield from _search(log, calls)
    yield from _starts(rounds)
    log.unlink()


def _append_newest(log: Path) -> None:
    with log.open("ab") as writer:
        writer.write(line(NEWEST))


def _index(folder: Path, log: Path, name: str, rounds: int) -> Iterator[Row]:
    ways = {
        "tailllm": peers.runs(peers.index_with_tailllm(log)),
        "DuckDB": peers.runs(peers.index_with_duckdb(log)),
        "lnav": peers.runs(peers.index_with_lnav(folder, log)),
        "jq": peers.runs(peers.index_with_jq(log)),
    }
    taken = in_turn(ways, rounds)
    megabytes = log.stat().st_size / 1e6
    work = f"full index of {megabytes:,.0f} MB of {name} lines, whole process"
    duckdb = {"5.3 KB": 1.0, "435 B": 1.5, "51 KB": 0.75}[name]
    yield _ratio(work, taken, "DuckDB", duckdb)
    if name == "5.3 KB":
        yield _ratio(work, taken, "lnav", 0.25)
        yield _ratio(work, taken, "jq", None)


def _first_screen(folder: Path, log: Path, rounds: int) -> Iterator[Row]:
    lnav = peers.lnav(folder)
    small = folder / "calls-small.jsonl"
    write(small, 100, length_bytes=5_300)
    _append_newest(small)
    ways: dict[str, Callable[[], object] | None] = {
        "tailllm": lambda: living.first_screen(living.tailllm(log), NEWEST),
        "a small log": lambda: living.first_screen(living.tailllm(small), NEWEST),
        "lnav": None if lnav is None else lambda: living.first_screen([*lnav, str(log)], NEWEST),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds = way() if way else None
            if isinstance(seconds, float):
                found[name].append(seconds)
    taken = {name: min(some) if some else None for name, some in found.items()}
    work = f"newest call of {log.stat().st_size / 1e6:,.0f} MB readable"
    yield _ratio(work, taken, "lnav", 1 / 30)
    yield _ratio(work, taken, "a small log", 1.3)


def _appends(folder: Path, log: Path, rounds: int) -> Iterator[Row]:
    lnav = peers.lnav(folder)
    ours = living.appends(living.tailllm(log), log, rounds)
    theirs = living.appends([*lnav, str(log)], log, rounds) if lnav else None
    for place, name in enumerate(("p50", "max")):
        taken = {
            "tailllm": ours[place] if ours else None,
            "lnav": theirs[place] if theirs else None,
        }
        yield _ratio(f"append to screen, {name}", taken, "lnav", 1 / 8)


def _busy(folder: Path, log: Path, seconds: float) -> Iterator[Row]:
    lnav = peers.lnav(folder)
    ours = living.busy(living.tailllm(log), log, per_s=1_000, seconds=seconds)
    theirs = living.busy([*lnav, str(log)], log, per_s=1_000, seconds=seconds) if lnav else None
    peer = f"{ours.cpu_percent:.1f} % / lnav {theirs.cpu_percent:.1f} %" if theirs else "no lnav"
    is_met = None if theirs is None else ours.cpu_percent <= 1.5 * theirs.cpu_percent
    yield Row("1,000 lines/s at 160x45, CPU", "at most 1.5x lnav's", peer, is_met)
    slow = [*living.tailllm(log), "--low-bandwidth"]
    far = living.busy(slow, log, per_s=1_000, seconds=seconds)
    local = f"{far.kib_per_s:.0f} KiB/s; {ours.kib_per_s:.0f} without"
    kib = local + (f" / lnav {theirs.kib_per_s:.0f}" if theirs else "")
    goal = "at most 20 KiB/s with `--low-bandwidth`"
    yield Row("the same, bytes to the terminal", goal, kib, far.kib_per_s <= 20)


def _flooded(folder: Path, seconds: float) -> Iterator[Row]:
    log = folder / "calls-flood.jsonl"
    found = flood(living.tailllm(log), log, per_s=60_000, seconds=2 * seconds)
    log.unlink()
    work = f"{found.per_s:,.0f} lines/s of 5.3 KB for {2 * seconds:.0f} s (60,000 were wanted)"
    lost = f"{found.written - found.counted:,} of {found.written:,} lost"
    said = f"{lost}, the last counted {found.late_s:.0f} s later"
    yield Row(work, "nothing lost", said, found.counted == found.written)
    keys = f"p50 {found.key_p50_ms:.0f} ms, p99 {found.key_p99_ms:.0f} ms"
    yield Row("a key meanwhile", "p99 at most 100 ms", keys, found.key_p99_ms <= 100)


def _search(log: Path, calls: int) -> Iterator[Row]:
    """One old call among those that the window holds."""
    write(log, calls - 1, length_bytes=5_300)
    rest = log.read_bytes()
    log.write_bytes(line("zqrare zqfound") + rest)
    command = ["rg", "-ci", "zqrare", str(log)] if shutil.which("rg") else None
    taken = in_turn({"ripgrep": peers.runs(command)})
    taken["tailllm"] = living.search(log, calls)
    work = f"a rare word in {log.stat().st_size / 1e6:,.0f} MB of messages, on the screen"
    yield _ratio(work, taken, "ripgrep", 4.0)


def _starts(rounds: int) -> Iterator[Row]:
    ways = {
        "tailllm": peers.runs([*peers.TAILLLM, "--help"]),
        "bare python": peers.runs(living.python_start()),
    }
    yield _ratio("`tailllm --help`", in_turn(ways, 3 * rounds), "bare python", 4.0)
    ways["tailllm"] = peers.runs([*peers.TAILLLM, "mark", "--help"])
    yield _ratio("`tailllm mark --help`", in_turn(ways, 3 * rounds), "bare python", 4.0)


def _ratio(work: str, taken: dict[str, float | None], peer: str, most: float | None) -> Row:
    ours, theirs = taken["tailllm"], taken[peer]
    goal = "-" if most is None else f"at most {_number(most)}x {peer}"
    if ours is None or theirs is None:
        missing = peer if theirs is None else "tailllm"
        return Row(work, goal, f"{missing} not installed here, or it never showed it", None)
    ratio = ours / theirs
    said = f"{_number(ratio)}x ({ours * 1e3:,.0f} ms / {peer} {theirs * 1e3:,.0f} ms)"
    return Row(work, goal, said, None if most is None else ratio <= most)


def _at_most(work: str, value: float | None, most: float, unit: str) -> Row:
    goal = f"at most {most:g} {unit}"
    if value is None:
        return Row(work, goal, "not seen", None)
    return Row(
        work, goal, f"{value:.2g} {unit}" if value < 10 else f"{value:.0f} {unit}", value <= most
    )


def _number(ratio: float) -> str:
    return f"1/{1 / ratio:.0f}" if ratio < 0.1 else f"{ratio:.2f}"


def measured_on() -> str:
    """When and on what, in a line of its own."""
    load = os.getloadavg()[0]
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores (load {load:.1f} at the"
        f" end), {platform.system()}, Python {platform.python_version()}, page cache warm.\n"
    )


def table(rows: list[Row]) -> str:
    """The rows in Markdown, with what they were measured on."""
    words = {True: "yes", False: "**no**", None: ""}
    lines = [f"| {r.work} | {r.goal} | {r.measured} | {words[r.is_met]} |" for r in rows]
    return "\n".join(
        [measured_on(), "| work | goal | measured | met |", "|---|---|---|---|", *lines]
    )


def publish(text: str, document: Path | None = None, start: str = START, end: str = END) -> None:
    """Put the table where the document has room for it."""
    document = document or DOCUMENT
    before, _, rest = document.read_text().partition(start)
    after = rest.partition(end)[2]
    document.write_text(f"{before}{start}\n{text}\n{end}{after}")
