"""The command line as argparse sees it; refusals come out as errors with a fix."""

import argparse
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from tailllm.errors import UsageError


class Host(NamedTuple):
    """What a command may ask its surroundings."""

    cwd: Path
    environ: Mapping[str, str]
    clock: Callable[[], float]
    """Seconds since the epoch."""


def here() -> Host:
    """The real surroundings."""
    return Host(Path.cwd(), os.environ, time.time)


class _Rows(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal; argparse would load Python's archive formats to find that out."""

    def __init__(self, prog: str, **options: Any) -> None:
        with suppress(OSError, ValueError):
            columns = os.environ.get("COLUMNS") or os.get_terminal_size(1).columns
            options.setdefault("width", max(20, int(columns) - 2))
        options.setdefault("width", 78)
        super().__init__(prog, **options)


class Parser(argparse.ArgumentParser):
    """Raises instead of printing usage: one line on stderr is for main to write."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Rows)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Refuse with the verb's own help as the next step."""
        raise UsageError(message, fix=f"See {self.prog} --help")


def everywhere() -> Parser:
    """Options that work before and after the command's name."""
    shared = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = shared.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="this tailllm.toml, not the nearest upward")
    group.add_argument("--corpus", metavar="FOLDER", help="keep marks here")
    return shared


def add_paths(parser: argparse.ArgumentParser, *, nargs: str = "+") -> None:
    """Where the calls are."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs=nargs,
        help="a log file, a folder (all files below), a glob in quotes, or - for stdin",
    )


def add_where(parser: argparse.ArgumentParser) -> None:
    """Which of the calls."""
    parser.add_argument(
        "--where",
        metavar="EXPR",
        help="only calls that match, as typed after / on the screen: 'status:error latency>2s'",
    )


def add_semantic(parser: argparse.ArgumentParser) -> None:
    """How calls are compared with the corpus."""
    parser.add_argument(
        "--semantic",
        action="store_true",
        help="compare with the corpus by meaning, not by words: pip install 'tailllm[semantic]'",
    )


def add_since(parser: argparse.ArgumentParser) -> None:
    """From when on."""
    parser.add_argument(
        "--since",
        metavar="WHEN",
        help="only calls that started after: 15m, 2h, 1d before now, or 2026-11-22T14:00Z",
    )
