"""From the bytes of a line, with its address, to what is known of its call.

`decoded` is the typed record that everything in the index comes from. Processor time, for
nothing here waits; the least of several rounds, for whatever else runs only adds to it.
"""

import gc
import json
import mmap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import process_time
from typing import Any

import msgspec

from bench import lines, otel_lines
from bench.measure import show
from tailllm.dialects import native_batch, otlp_typed
from tailllm.feed.helper import GARBAGE_AFTER
from tailllm.feed.portion import Portion, Portions, newest_first
from tailllm.sources.follow import Follower
from tailllm.sources.past import Past
from tailllm.sources.stretch import Stretch

JSON = "json.loads, no addresses"
BARE = "a bare msgspec struct, with addresses"
DECODED = "tailllm: decoded, with addresses"
COLUMNS = "tailllm: columns of the index, packed"
ROWS = "tailllm: rows of a list too"
SHAPES = {5_300: "5.3 KB", 435: "435 B", 51_000: "51 KB"}
Ways = dict[str, Callable[[], object]]


class _Prompt(msgspec.Struct, gc=False):
    name: str
    version: str


class _Usage(msgspec.Struct, gc=False):
    input: int
    output: int


class _Check(msgspec.Struct, gc=False):
    name: str
    ok: bool


class Bare(msgspec.Struct, gc=False):
    """The least that an index of these very lines needs; it knows no other log."""

    ts: float
    ms: float
    id: str
    model: str
    prompt: _Prompt
    finish: str
    usage: _Usage
    session: str | None = None
    user: str | None = None
    checks: list[_Check] | None = None


def run(folder: Path, size_bytes: int, rounds: int) -> None:
    """Decode logs of native lines and of OTLP lines."""
    gc.set_threshold(GARBAGE_AFTER)
    log = folder / "decode.jsonl"
    for length, name in SHAPES.items():
        lines.write(log, max(50, size_bytes // length), length_bytes=length)
        _compare(log, f"{name} native lines", _native, rounds)
    otel_lines.write(log, max(10, size_bytes // (otel_lines.SPANS * 5_300)))
    _compare(log, "OTLP lines of eight spans", _otlp, rounds)
    log.unlink()


def least(ways: Ways, rounds: int) -> dict[str, float]:
    """Processor seconds of each way, taken in turn, the least of its rounds."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = process_time()
            way()
            taken[name].append(process_time() - begun)
    return {name: min(times) for name, times in taken.items()}


def _compare(log: Path, name: str, ways: Callable[[Path, Past], Ways], rounds: int) -> None:
    follower = Follower([str(log)], follow=False)
    try:
        taken = least(ways(log, follower.past[0]), rounds)
    finally:
        follower.close()
    megabytes = log.stat().st_size / 1e6
    title = f"Decoding {megabytes:.0f} MB of {name}, processor time (ratio to json.loads)"
    show(title, dict(taken), against=JSON, per="MB", amount=megabytes)
    if BARE in taken:
        print(f"  decoded at {taken[BARE] / taken[DECODED]:.2f} of the bare struct's speed")
    print(f"  decoded at {taken[JSON] / taken[DECODED]:.2f} times the speed of json.loads")


def _native(log: Path, past: Past) -> Ways:
    def decoded() -> None:
        for some in _blocks(past):
            native_batch.decoded(some.texts)

    return {
        JSON: lambda: _json(log),
        BARE: lambda: _bare(log),
        DECODED: decoded,
        COLUMNS: lambda: _portion(past, rows=False),
        ROWS: lambda: _portion(past, rows=True),
    }


def _otlp(log: Path, past: Past) -> Ways:
    def decoded() -> None:
        for some in _blocks(past):
            for line in some.texts:
                otlp_typed.spans(line)

    return {JSON: lambda: _json(log), DECODED: decoded}


def _json(log: Path) -> None:
    with log.open("rb") as file:
        for line in file:
            json.loads(line)


def _bare(log: Path) -> None:
    decode = msgspec.json.Decoder(Bare).decode
    with log.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)) as data:
        at = 0
        while (end := data.find(b"\n", at)) >= 0:
            decode(data[at:end])
            at = end + 1


def _blocks(past: Past) -> Iterator[Any]:
    for lines_ in Stretch(past.origin(), 0, past.size, past.size).backward():
        yield from newest_first(lines_)


def _portion(past: Past, *, rows: bool) -> None:
    Portions().read(Portion(past.origin(), 0, past.size, past.size, 2e9, rows))
