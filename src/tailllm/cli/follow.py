"""`tailllm PATH…`: the screens; without a terminal, a plain summary of what is there."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.keyboard import take_keyboard
from tailllm.cli.opening import corpus, loaded, open_config, told
from tailllm.cli.output import say, to_terminal
from tailllm.cli.parser import add_paths, add_where
from tailllm.cli.tables import stats_table, table
from tailllm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tailllm.config.model import Config
    from tailllm.tui.themes import Look

EXAMPLES = """\
  tailllm /var/log/assist/ other.log --no-mouse
  tailllm 'logs/**/*.jsonl'
  tailllm logs/ | cat          without a terminal: a summary of what is there
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser, nargs="*")
    add_where(parser)
    add_display(parser)


def run(options: argparse.Namespace) -> int:
    """Open the screens, or print the summary."""
    if not options.paths:
        raise UsageError(
            "no log is named", fix="Name a file or folder, - for stdin, or try: tailllm demo"
        )
    if not to_terminal():
        return summary(options, open_config(options))

    def prepare() -> "tuple[Config, Path]":
        config = open_config(options)
        return config, corpus(options, config)

    from tailllm.config.load import dialect_tables

    house = dialect_tables(options.config, cwd=options.host.cwd, environ=options.host.environ)
    return screens(options, prepare, house=house)


def add_display(parser: argparse.ArgumentParser) -> None:
    """What `[display]` says, for once."""
    parser.add_argument("--ascii", action="store_true", default=None, help="plain glyphs only")
    parser.add_argument(
        "--mouse",
        action=argparse.BooleanOptionalAction,
        help="catch the mouse, or leave it to the terminal",
    )
    parser.add_argument(
        "--low-bandwidth",
        action=argparse.BooleanOptionalAction,
        help="paint once a second, at most 20 KiB/s; over SSH unless --no-low-bandwidth",
    )


def screens(
    options: argparse.Namespace,
    prepare: "Callable[[], tuple[Config, Path]]",
    hints: "Sequence[str]" = (),
    house: "Mapping[str, Mapping[str, str]] | None" = None,
    **begin: Any,
) -> int:
    """Follow `options.paths` on the screens.

    Args:
        options: The command line.
        prepare: Gives the config and the folder for marks; asked when the newest calls are
            on the screen already, because reading a config takes longer than reading a log.
        hints: What to press first.
        house: `[dialects]` of that config as it is written.
        begin: The deck to begin with; `wish` and `window_size` of `run_app`.
    """
    from tailllm.tui.first import first_frame

    environ = options.host.environ
    with first_frame(options.paths, environ, house or {}) as follower:
        take_keyboard()
        config, folder = prepare()
        from tailllm.tui.app import run_app

        return run_app(
            options.paths,
            config,
            folder,
            look=_look(options, config),
            hints=hints,
            where=getattr(options, "where", None) or "",
            environ=environ,
            follower=follower,
            **begin,
        )


def _look(options: argparse.Namespace, config: "Config") -> "Look":
    """How the screens look: the command line wins over `[display]`."""
    from tailllm.tui.themes import Asked, look

    asked = Asked(options.ascii, options.mouse, options.low_bandwidth)
    return look(config.display, options.host.environ, asked)


def summary(options: argparse.Namespace, config: "Config") -> int:
    """What is in `options.paths` now, on stdout."""
    from dataclasses import replace

    with loaded(options, config, window_size=1, asked=True) as feed:
        counts = [
            (state.path, state.format or "-", state.calls, state.others, state.broken)
            for state in feed.files
        ]
        head = ("file", "format", "calls", "other lines", "broken")
        rows = [(path, name, *(f"{n:,}" for n in numbers)) for path, name, *numbers in counts]
        for row in table(head, rows):
            say(row)
        say("")
        stats = replace(feed.store.stats(by="model"), rejects=feed.rejects.total)
        for row in stats_table(stats.as_json(), by="model"):
            say(row)
        return told(feed, options.paths)
