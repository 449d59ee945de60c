"""`python -m bench`: measure tailllm and its peers, side by side, on this machine."""

import argparse
import os
import platform
import re
from pathlib import Path

from bench import (
    asking,
    decoding,
    evaluating,
    goals,
    growth,
    loading,
    questions,
    reading,
    recording,
)
from bench.lines import write
from bench.measure import room

UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def size(text: str) -> int:
    """`100MB`, `1GB` in bytes."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", text.strip().lower())
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 100MB or 1GB")
    return int(float(match[1]) * UNITS[match[2]])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=size, default=size("100MB"), help="of each log: 100MB, 1GB")
    parser.add_argument("--calls", type=int, default=1_000_000, help="calls in the large ledger")
    parser.add_argument("--rounds", type=int, default=3, help="times that each way is taken")
    parser.add_argument("--folder", type=Path, help="where logs are written; made if missing")
    parser.add_argument("--publish", action="store_true", help="write the tables in docs")
    kinds = [
        "goals",
        "decoding",
        "reading",
        "loading",
        "asking",
        "questions",
        "recording",
        "evaluating",
        "growth",
    ]
    parser.add_argument("--only", choices=kinds)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # An installed program is compiled.
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}.")
    print("Every table is taken in turns, medians; trust the ratios, not the times.")
    with room(options.folder) as folder:
        _measure(options, folder)


def _measure(options: argparse.Namespace, folder: Path) -> None:
    if options.only in (None, "goals"):
        rows = []
        for row in goals.measure(folder, size_bytes=options.size, rounds=options.rounds):
            print(f"  {row.work}: {row.measured} (goal: {row.goal})", flush=True)
            rows.append(row)
        text = goals.table(rows)
        print(f"\n{text}")
        if options.publish:
            goals.publish(text)
    if options.only in (None, "decoding"):
        decoding.run(folder, options.size // 4, options.rounds)
    if options.only in (None, "reading"):
        for length, name in ((5_300, "5.3 KB lines"), (435, "435 B lines")):
            log = folder / "calls.jsonl"
            write(log, options.size // 2 // length, length_bytes=length)
            reading.run(log, name)
    if options.only in (None, "loading"):
        loading.run()
    if options.only in (None, "asking"):
        asking.run(50_000, options.calls)
    if options.only in (None, "questions"):
        questions.run(folder, options.calls, options.rounds, publish=options.publish)
    if options.only in (None, "recording"):
        recording.run()
    if options.only in (None, "growth"):
        growth.run(folder, large=options.size >= UNITS["g"], publish=options.publish)
    if options.only in (None, "evaluating"):
        evaluating.run(options.rounds, publish=options.publish)


if __name__ == "__main__":
    main()
