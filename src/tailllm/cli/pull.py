"""`tailllm corpus pull`: marks that were made on another host come home."""

import argparse

from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import narrate, say
from tailllm.errors import Exit
from tailllm.ink import counted


def pull(options: argparse.Namespace) -> Exit:
    """Fetch, and say how much of it was new."""
    from tailllm.channel import pull as fetching
    from tailllm.channel.sync import alone

    there = fetching.place(options.place)
    folder = corpus(options, open_config(options))
    with alone(folder):
        found = fetching.pull(there, folder)
    for one in found:
        refused = f", {counted(one.refused, 'line')} nobody can read" if one.refused else ""
        say(f"{one.name}: {one.new:,} new, {one.known:,} known{refused}")
    if not found:
        narrate(f"tailllm: nothing was ever marked in {options.place}.")
    return Exit.UNKNOWN if any(one.refused for one in found) else Exit.FINE
