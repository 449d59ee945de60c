"""Reads whole files the way the program does, and finds the call of each expectation."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tailllm.dialects.assembly import Assembler, Folded
from tailllm.dialects.canonical import call
from tailllm.dialects.reader import Reader
from tailllm.records.call import Call
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Reject

SAMPLES = Path(__file__).parent / "samples"


NEXT_YEAR = 1_830_000_000.0
"""Nobody adds to these logs any more."""


@dataclass
class Reading:
    """What a file came to."""

    name: str | None
    ordered: bool = False
    wrapper: str | None = None
    inside: str | None = None
    folded: dict[int, Folded] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def calls(self) -> list[Call]:
        return [call(folded, path=lambda file: file) for folded in self.folded.values()]


def raw_lines(data: bytes, file: str = "f") -> list[RawLine]:
    lines, offset = [], 0
    for text in data.split(b"\n"):
        if text:
            lines.append(RawLine(Address(file, offset, len(text)), text))
        offset += len(text) + 1
    return lines


def read(
    lines: Sequence[RawLine],
    *,
    order: Iterable[int] | None = None,
    batch: int = 1,
    now: float | None = NEXT_YEAR,
    **bounds: int,
) -> Reading:
    """Read lines in the given order, `batch` at a time; a log that goes on has no `now`."""
    reader, assembler = Reader("f"), Assembler(**bounds)
    reader.settle([line.text for line in lines[:50]])
    reading = Reading(reader.name)
    parts: list[Any] = []
    places = list(range(len(lines)) if order is None else order)
    for count, place in enumerate(places, 1):
        for found in _taken(reader, lines[place], now, last=count == len(places)):
            if isinstance(found, Reject):
                reading.rejects.append(found)
            else:
                parts += found
        if count % batch == 0 or count == len(places):
            for folded in assembler.add(parts):
                for slot in folded.absorbed:
                    del reading.folded[slot]
                reading.folded[folded.slot] = folded
            parts = []
    reading.name, reading.ordered = reader.name, reader.ordered
    reading.wrapper, reading.inside = reader.wrapper, reader.inside
    return reading


def _taken(reader: Reader, line: RawLine, now: float | None, *, last: bool) -> Iterable[Any]:
    yield from reader.take([line])
    if last:
        yield from reader.flush(now)


def read_file(path: Path, **how: Any) -> Reading:
    return read(raw_lines(path.read_bytes()), **how)


def read_values(*values: Any) -> Reading:
    """Read objects as lines of one file."""
    return read(raw_lines(b"\n".join(json.dumps(value).encode() for value in values)))
