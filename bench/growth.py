"""Cost against size: it grows with the bytes and with nothing else.

python -m bench.growth                 10 MB to 1 GB, 1 to 200 files, 1 M calls
python -m bench.growth --large         10 GB and 10 M calls, too; wants 10 GB of room
python -m bench.growth --publish       writes the table in docs/performance.md and docs/growth.svg
"""

import argparse
import os
from collections.abc import Callable, Iterator
from math import log10
from pathlib import Path
from typing import NamedTuple

from bench import goals, living, peers
from bench.lines import line, lines
from bench.measure import child, room

PICTURE = Path(__file__).parents[1] / "docs" / "growth.svg"
START, END = "<!-- growth: start -->", "<!-- growth: end -->"
BLOCK_BYTES = 20_000_000
ID = b'"chatcmpl-'
NEWEST = "zqnewest"
LONG_BYTES, SHORT_BYTES = 5_300, 435
MANY_FILES = "100 MB in many files"


class Point(NamedTuple):
    """One log, and what it cost."""

    series: str
    label: str
    size_bytes: int
    index_s: float
    """Of `tailllm stats`, the whole process."""
    first_s: float | None
    """Until the newest call can be read on the screen."""
    peak_mb: float


def pile(path: Path, size_bytes: int, *, length_bytes: int) -> int:
    """A log of this size, made of copies of one block; how many calls it has.

    Each call has an id of its own: one that comes again is the same call.
    """
    count = max(1, min(size_bytes, BLOCK_BYTES) // length_bytes)
    block = list(lines(count, length_bytes=length_bytes))
    parts, calls, copy = b"".join(block).split(ID), 0, b""
    with path.open("wb") as writer:
        while writer.tell() < size_bytes - len(copy) // 2:
            copy = (ID + b"%06x" % calls).join(parts)
            writer.write(copy)
            calls += len(block)
        writer.write(line(NEWEST))
    return calls + 1


def points(folder: Path, *, large: bool, part: int = 1) -> Iterator[Point]:
    """Every size, then the same bytes in more files, then many short calls.

    Args:
        folder: Where the logs are written, and removed again.
        large: Whether to go up to 10 GB and 10 M calls.
        part: One `part`th of each size.
    """
    for size in (10**7, 10**8, 10**9, *([10**10] if large else [])):
        label = f"{size / 1e6:,.0f} MB"
        yield _cost(folder, "bytes in one file", label, size // part, length_bytes=LONG_BYTES)
    for count in (1, 20, 200):
        label = "1 file" if count == 1 else f"{count} files"
        yield _cost(folder, MANY_FILES, label, 10**8 // part, length_bytes=LONG_BYTES, files=count)
    for calls in (10**6, *([10**7] if large else [])):
        label, size = f"{calls / 1e6:.0f} M calls", calls // part * SHORT_BYTES
        yield _cost(folder, "short calls", label, size, length_bytes=SHORT_BYTES)


def _cost(
    folder: Path, series: str, label: str, size_bytes: int, *, length_bytes: int, files: int = 1
) -> Point:
    """Write the logs, ask, open the screens, remove the logs; each step is said as it begins."""
    logs = [folder / f"calls{number}.jsonl" for number in range(files)]
    _say(f"{series}, {label}: writing {size_bytes / 1e6:,.0f} MB")
    for log in logs:
        pile(log, size_bytes // files, length_bytes=length_bytes)
    size = sum(log.stat().st_size for log in logs)
    _say(f"{series}, {label}: tailllm stats")
    cost = child([*peers.TAILLLM, "stats", *map(str, logs), "--json"])
    if cost.code:
        raise RuntimeError(f"stats of {label}: {cost.said[-500:]}")
    _say(f"{series}, {label}: {cost.wall_s:.1f} s; the first screen")
    first_s = living.first_screen(living.tailllm(*logs), NEWEST)
    for log in logs:
        log.unlink()
    return Point(series, label, size, cost.wall_s, first_s, cost.peak_mb)


def _say(what: str) -> None:
    print(f"  {what}", flush=True)


WIDTH, HEIGHT, LEFT, TOP, RIGHT, FOOT = 760, 420, 70, 40, 190, 50
COLOURS = {"index": "#1c5fa8", "first screen": "#1d6b33"}


def picture(found: list[Point]) -> str:
    """Seconds over bytes, both by powers of ten: a straight line at 45° is linear cost."""
    sizes = [point.size_bytes for point in found]
    left, right = int(log10(min(sizes))), int(log10(max(sizes)) + 0.999)
    times = [t for p in found for t in (p.index_s, p.first_s) if t]
    low, high = int(log10(min(times)) - 0.999), int(log10(max(times)) + 0.999)

    def x(size: float) -> float:
        return LEFT + (log10(size) - left) / max(1, right - left) * (WIDTH - LEFT - RIGHT)

    def y(seconds: float) -> float:
        share = (log10(seconds) - low) / max(1, high - low)
        return HEIGHT - FOOT - share * (HEIGHT - TOP - FOOT)

    drawn = [_axis(x, y, range(left, right + 1), range(low, high + 1))]
    for name, colour in COLOURS.items():
        spots = [(p, p.index_s if name == "index" else p.first_s) for p in found]
        line_of = [(x(p.size_bytes), y(t)) for p, t in spots if t and "one file" in p.series]
        drawn.append(_line(line_of, colour, name))
        drawn += [_spot(x(p.size_bytes), y(t), colour, p) for p, t in spots if t]
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _axis(
    x: Callable[[float], float], y: Callable[[float], float], sizes: range, times: range
) -> str:
    names = {6: "1 MB", 7: "10 MB", 8: "100 MB", 9: "1 GB", 10: "10 GB", 11: "100 GB"}
    across = [
        f'<path d="M{x(10**n):.0f} {TOP}V{HEIGHT - FOOT}" stroke="#ddd"/>'
        f'<text x="{x(10**n):.0f}" y="{HEIGHT - FOOT + 18}" text-anchor="middle">{names[n]}</text>'
        for n in sizes
    ]
    up = [
        f'<path d="M{LEFT} {y(10.0**n):.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{y(10.0**n) + 4:.0f}" text-anchor="end">{10.0**n:g} s</text>'
        for n in times
    ]
    return "\n".join([*across, *up])


def _line(spots: list[tuple[float, float]], colour: str, name: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    end_x, end_y = spots[-1]
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<text x="{end_x + 12:.0f}" y="{end_y + 4:.0f}" fill="{colour}">{name}</text>'
    )


def _spot(x: float, y: float, colour: str, point: Point) -> str:
    said = f"{point.series}: {point.label}, at most {point.peak_mb:.0f} MB held"
    fill = colour if "one file" in point.series else "#fff"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{colour}">'
        f"<title>{said}</title></circle>"
    )


def table(found: list[Point]) -> str:
    """The same as rows."""
    rows = [
        f"| {p.series} | {p.label} | {p.size_bytes / 1e6:,.0f} MB | {p.index_s:.2f} s |"
        f" {p.size_bytes / 1e6 / p.index_s:,.0f} MB/s |"
        f" {'-' if p.first_s is None else f'{1e3 * p.first_s:,.0f} ms'} | {p.peak_mb:,.0f} MB |"
        for p in found
    ]
    head = [
        "| log | of | size | `stats` | rate | first screen | memory at most |",
        "|---" * 7 + "|",
    ]
    return "\n".join([goals.measured_on(), *head, *rows])


def run(folder: Path, *, large: bool, publish: bool) -> None:
    """Measure and print; put table and picture into the docs if asked to."""
    found = list(points(folder, large=large))
    text = table(found)
    print(f"\n{text}")
    if publish:
        goals.publish(text, start=START, end=END)
        PICTURE.write_text(picture(found))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--large", action="store_true", help="10 GB and 10 M calls, too")
    parser.add_argument("--folder", type=Path, help="where logs are written; made if missing")
    parser.add_argument("--publish", action="store_true", help="write table and picture in docs")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with room(options.folder) as folder:
        run(folder, large=options.large, publish=options.publish)


if __name__ == "__main__":
    main()
