"""`tailllm sync`: takes in what people reported, and tells them what became of it."""

import argparse
import signal
import sys
import time
from typing import TYPE_CHECKING

from tailllm.cli.inbox import open_inbox
from tailllm.cli.opening import open_config
from tailllm.cli.output import json_text, narrate, say
from tailllm.errors import Exit, TailllmError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tailllm.channel.sync import Looked, Round, Sync
    from tailllm.config.model import Config

EXAMPLES = """\
  tailllm sync                        once, for cron: one line for each channel
  tailllm sync --eval                 also note which cases pass now, or fail again
  tailllm sync --watch                go on until ctrl+c

Exit codes: 0 fine, 1 a message was refused for good, 3 a channel could not be read or reached.
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("--watch", action="store_true", help="go on until ctrl+c")
    parser.add_argument("--eval", action="store_true", help="note what the runs of eval found")
    parser.add_argument("--json", action="store_true", help="one object for each round")


def run(options: argparse.Namespace) -> int:
    """One round, or round after round."""
    import socket

    from tailllm.channel.places import Places
    from tailllm.channel.sync import Sync

    config, host = open_config(options), options.host
    if not config.channels and not options.eval:
        raise UsageError(
            "the config has no channel",
            fix="Write [channels.NAME] into tailllm.toml; docs/channel.md has examples.",
        )
    patience_s = config.sync.patience_s
    with Places(config.channels, host.environ, host.clock, patience_s=patience_s) as places:
        inbox = open_inbox(options, config)
        sync = Sync(config, inbox, places, host=socket.gethostname(), clock=host.clock)
        if options.watch:
            return _watch(sync, config, options)
        return _tell(sync.round(with_runs=options.eval), options)


def _watch(sync: "Sync", config: "Config", options: argparse.Namespace) -> Exit:
    """Round after round; trouble that passes is told and waited out. Ctrl+c is how it ends."""
    ended: list[int] = []

    def end(number: int, _frame: object) -> None:
        # Python drops an interrupt that falls into the clearing away of an object.
        ended.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
    try:
        while not ended:
            try:
                _tell(sync.round(with_runs=options.eval), options)
                sys.stdout.flush()
            except TailllmError as error:
                narrate(f"tailllm: {error.what}")
            time.sleep(config.sync.every_s)
    except KeyboardInterrupt:
        pass
    return Exit.FINE


def _tell(done: "Round", options: argparse.Namespace) -> Exit:
    if options.json:
        say(json_text(_facts(done)))
    for looked in () if options.json else done.looked:
        say(_line(looked))
    sent = done.sent
    if not options.json:
        told = [f"{n:,} {word}" for word, n in _counts(sent).items() if n]
        say(f"outbox: {', '.join(told) or 'nothing to tell'}")
        if options.eval:
            say(f"eval: {counted(done.ran, 'case')} passed for the first time or broke again")
    for why in (*done.notes, *sent.trouble):
        narrate(f"tailllm: {why}")
    if any(looked.trouble for looked in done.looked) or sent.later or sent.waiting or done.notes:
        return Exit.UNKNOWN
    return Exit.BAD_NEWS if sent.parked else Exit.FINE


def _line(looked: "Looked") -> str:
    changed = f", {looked.changed:,} changed" if looked.changed else ""
    trouble = f"; not read to its end: {looked.trouble}" if looked.trouble else ""
    return f"{looked.channel}: {looked.new:,} new, {looked.known:,} known{changed}{trouble}"


def _counts(sent: "object") -> "Mapping[str, int]":
    names = {"sent": "sent", "later": "to be tried again", "parked": "refused for good"}
    names |= {"waiting": "waiting"}
    return {word: getattr(sent, name) for name, word in names.items()}


def _facts(done: "Round") -> dict[str, object]:
    return {
        "channels": [looked._asdict() for looked in done.looked],
        "decided": done.decided,
        "ran": done.ran,
        "outbox": done.sent._asdict(),
        "trouble": [*done.notes, *done.sent.trouble],
    }
