"""`tailllm replay`: a past log as if live."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from tailllm.cli.asking import add_question, asked
from tailllm.cli.follow import add_display, screens
from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import narrate, to_terminal
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tailllm.ask.replay import Due

EXAMPLES = """\
  tailllm replay incident.jsonl --speed 10x --from 14:00      on the screens
  tailllm replay incident.jsonl --speed 60x | tailllm -       or into any other program
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    add_display(parser)
    parser.add_argument("--speed", metavar="N", default="1x", help="10x: ten times as fast (1x)")
    parser.add_argument(
        "--from", dest="start", metavar="TIME", help="14:00; what came before is there at once"
    )


def run(options: argparse.Namespace) -> int:
    """Play it."""
    speed = _speed(options.speed)
    due = list(_due(options, speed))
    if not due:
        narrate("tailllm: none of the calls is in that choice.")
        return Exit.UNKNOWN
    if not to_terminal():
        _print(due)
        return Exit.FINE
    from tailllm.ask.stage import staged

    config = open_config(options)
    folder = corpus(options, config)
    with staged(due) as log:
        options.paths = [str(log)]
        return screens(options, lambda: (config, folder), ("A replay: the log is a past one.",))


def _due(options: argparse.Namespace, speed: float) -> "Iterable[Due]":
    from tailllm.ask.replay import lines
    from tailllm.store.where.moments import moment

    with asked(options, rows=True) as calls:
        start = moment(options.start, calls.now) if options.start else None
        yield from lines(calls.rows(), calls.feed.raw, speed=speed, start=start)


def _print(due: "Iterable[Due]") -> None:
    begun = time.monotonic()
    for one in due:
        time.sleep(max(0.0, begun + one.at_s - time.monotonic()))
        sys.stdout.buffer.write(one.text + b"\n")
        sys.stdout.buffer.flush()


def _speed(text: str) -> float:
    try:
        value = float(text.removesuffix("x"))
    except ValueError:
        value = 0.0
    if not 0.01 <= value <= 1_000_000:
        raise UsageError(f"--speed {text!r}", fix="Write 1x, 10x, 0.5x.")
    return value
