"""`tailllm conversation`: all calls of a session or trace as one thread."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tailllm.cli.opening import loaded, open_config
from tailllm.cli.output import json_text, say
from tailllm.cli.parser import add_paths
from tailllm.cli.waiting import Patience
from tailllm.errors import Exit, SourceError

if TYPE_CHECKING:
    from tailllm.ask.thread import Step, Thread

EXAMPLES = """\
  tailllm conversation s-8d44c3ed logs/      a conversation, session or trace id
"""
LONGEST = 2_000
"""Characters of one message for a person; --json has them all."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("id", metavar="ID", help="of the conversation, session or trace")
    add_paths(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Show it."""
    from tailllm.ask.thread import thread

    with loaded(options, open_config(options)) as feed:
        rows = (row for _, row in feed.window.newest_first())
        with Patience() as patience:
            found = thread(options.id, rows, feed.call, patience.searched)
    if not found.steps:
        raise SourceError(
            f"no call of a conversation {options.id!r} in {' '.join(options.paths)}",
            fix="`tailllm stats PATH --by conversation` lists them.",
        )
    if options.json:
        print(json_text(found.as_json(), indent=2))
        return Exit.FINE
    for line in _rows(found):
        say(line)
    return Exit.FINE


def _rows(found: "Thread") -> Iterator[str]:
    yield f"{found.conversation}: {len(found.steps)} calls"
    for loop in found.loops:
        yield f"loop: {loop.tool} called {len(loop.keys)} times"
    for step in found.steps:
        yield ""
        yield from _step(step, first_wrong=step.row.key == found.first_wrong)


def _step(step: "Step", *, first_wrong: bool) -> Iterator[str]:
    from tailllm.store import labels
    from tailllm.store.stats import shown_time

    row = step.row
    mark = f"  ✗ {', '.join(step.wrong)}" if step.wrong else ""
    first = "  ← first wrong" if first_wrong else ""
    yield f"── {shown_time(row.at)}  {row.key}  {labels.prompt(row) or '-'}{mark}{first}"
    for said in step.new:
        yield from _said(said.title, said.text)
    for tool in step.tools:
        yield f"  → {tool}"
    if step.reply:
        yield from _said("reply", step.reply)
    if step.gone:
        yield "  (its bytes are no longer in the log)"


def _said(title: str, text: str) -> Iterator[str]:
    shown = text if len(text) <= LONGEST else text[:LONGEST] + f" … ({len(text):,} characters)"
    first, *others = shown.split("\n")
    yield f"  {title}: {first}"
    yield from (f"    {row}" for row in others)
