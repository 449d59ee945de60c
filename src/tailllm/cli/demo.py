"""`tailllm demo`: the two-minute tour."""

import argparse

HELP = "Follow simulated traffic of a support assistant: the two-minute tour."
EXAMPLES = """\
  tailllm demo                 in a terminal: the screens, live
  tailllm demo | cat           without one: a few seconds of traffic, then the summary
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("--seconds", type=float, metavar="N", help="stop after so many seconds")


def run(options: argparse.Namespace) -> int:
    """Give the tour."""
    from tailllm.demo.tour import run as tour

    return int(tour(options.seconds) or 0)
