"""`tailllm --about`: what this program is made of and what starting it took."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tailllm import __version__
from tailllm.cli.output import say

PARTS = ("textual", "duckdb", "pydantic", "msgspec", "watchfiles", "httpx")


class About(argparse.Action):
    """Prints and ends, as `--version` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print."""
        for row in rows():
            say(row)
        parser.exit()


def rows(parts: Sequence[str] = PARTS) -> list[str]:
    """Versions, and the CPU and memory that were taken so far."""
    from importlib.metadata import PackageNotFoundError, version

    from tailllm.feed.pulse import cost

    found = []
    for name in parts:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} is missing")
    taken = cost()
    rss = "-" if taken.rss_bytes is None else f"{taken.rss_bytes / 1e6:.1f} MB"
    return [
        f"tailllm {__version__}",
        f"Python {sys.version.split()[0]} on {sys.platform}",
        ", ".join(found),
        f"this command: CPU {1000 * taken.cpu_s:.0f} ms, memory {rss}",
        "What a running one takes, and what waits in it: press A on its screen.",
    ]
