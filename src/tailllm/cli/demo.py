"""`tailllm demo`: the two-minute tour."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.follow import add_display, screens, summary
from tailllm.cli.opening import open_config
from tailllm.cli.output import narrate, to_terminal
from tailllm.errors import UsageError

if TYPE_CHECKING:
    from tailllm.demo.tour import Stage

EXAMPLES = """\
  tailllm demo                 in a terminal: the screens, live
  tailllm demo | cat           without one: a few seconds of traffic, then the summary
"""
SUMMARY_S = 4.0
INTO_S = 145.0
"""A summary is read once, so it comes when the whole incident has happened."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_display(parser)
    parser.add_argument(
        "--seconds",
        type=float,
        metavar="N",
        default=SUMMARY_S,
        help=f"without a terminal: so much traffic before the summary ({SUMMARY_S:g})",
    )


def run(options: argparse.Namespace) -> int:
    """Give the tour; keys and looks are the user's, the traffic brings its own verdicts."""
    from tailllm.demo.tour import run as tour

    if not 0 <= options.seconds <= 3_600:
        raise UsageError(f"--seconds {options.seconds:g}", fix="Write a number from 0 to 3600")
    config = open_config(options).model_copy(update={"validators": ()})

    def show(stage: "Stage") -> int:
        options.paths = [str(stage.log)]
        if to_terminal():
            return screens(options, lambda: (config, stage.corpus), stage.hints)
        narrate("This is made-up traffic. In a terminal, `tailllm demo` opens the screens.")
        return summary(options, config)

    if to_terminal():
        return tour(show)
    return tour(show, seconds=options.seconds, into_s=INTO_S)
