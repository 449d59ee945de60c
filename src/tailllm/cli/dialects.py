"""`tailllm dialects`: what each file was taken for, why, and what came out of it."""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailllm.cli.opening import loaded, open_config
from tailllm.cli.output import json_text, say
from tailllm.cli.parser import add_paths
from tailllm.errors import Exit, GoneError

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.feed.news import FileState

EXAMPLES = """\
  tailllm dialects logs/             every file: its format, the sign, calls and other lines
  tailllm dialects house.log         a format nobody knows: a mapping to start from
  tailllm dialects logs/ --json      one JSON object per file
"""
REASONS = 5
SAMPLE_LINES = 300


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object per file")


def run(options: argparse.Namespace) -> int:
    """Print a paragraph, or an object, for each file."""
    with loaded(options, open_config(options)) as feed:
        found = [_told(feed, state, calls) for state, calls in _counted(feed)]
    for file in found:
        if options.json:
            print(json_text(file))
            continue
        for row in _paragraph(file):
            say(row)
    return Exit.FINE


def _counted(feed: "Feed") -> Iterator[tuple["FileState", int]]:
    """Each file with its calls; a call over several files belongs to that of its first line."""
    calls = Counter(feed.path(row.source[0].file) for _, row in feed.window.newest_first())
    for state in sorted(feed.files, key=lambda state: state.path):
        yield state, calls[state.path]


def _told(feed: "Feed", state: "FileState", calls: int) -> dict[str, Any]:
    unknown = state.others and not calls
    return {
        "path": state.path,
        "format": state.format,
        "why": state.why,
        "calls": calls,
        "other_lines": state.others,
        "rejects": state.broken,
        "reasons": dict(state.reasons),
        "mapping": _mapping(feed, state.path) if unknown else None,
    }


def _mapping(feed: "Feed", path: str) -> str | None:
    from tailllm.dialects.guess import mapping_for

    lines: list[bytes] = []
    for reject in feed.rejects.latest:
        if len(lines) < SAMPLE_LINES and feed.path(reject.address.file) == path:
            try:
                lines.append(feed.line(reject.address).text)
            except GoneError:
                continue
    name = re.sub(r"[^a-z0-9_]+", "_", Path(path).stem.lower()).strip("_")
    return mapping_for(name or "house", lines[::-1])


def _paragraph(file: dict[str, Any]) -> Iterator[str]:
    yield f"{file['path']}: {file['format'] or 'not known'}"
    yield f"  why: {file['why']}"
    yield (
        f"  {file['calls']:,} calls, {file['other_lines']:,} other lines, "
        f"{file['rejects']:,} unreadable lines"
    )
    for reason, count in list(file["reasons"].items())[:REASONS]:
        yield f"    {count:,} × {reason}"
    if file["mapping"]:
        yield "  A mapping to start from, for tailllm.toml:"
        yield ""
        yield from (f"    {row}" for row in file["mapping"].splitlines())
        yield ""
