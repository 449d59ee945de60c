"""`tailllm inbox add`: what somebody dropped, with its logged call when there is one."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm.cli.inbox_ledger import open_ledger
from tailllm.cli.opening import loaded
from tailllm.cli.output import narrate, say
from tailllm.errors import Exit, SourceError, UsageError

if TYPE_CHECKING:
    from tailllm.channel.linking import Content
    from tailllm.config.model import Config
    from tailllm.corpus.dropped import Dropped
    from tailllm.corpus.inbox import Inbox


def report(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Keep the report; the exit code is 0 only when it is on disk."""
    from tailllm.channel import linking
    from tailllm.corpus.dropped import read

    text = _text(options)
    if not text.strip():
        raise UsageError("nothing was dropped", fix="Pipe a transcript or JSON, or name a FILE.")
    dropped = read(text)
    at = dropped.at if options.at is None else _moment(options.at)
    dropped = dropped._replace(user=options.user or dropped.user, at=at)
    found = (
        _logged(options, config, dropped)
        or linking.itself(text, dropped, config, options.host.clock, options.file)
        or linking.Content(dropped.call())
    )
    given = f"paste:{os.urandom(8).hex()}"
    item = inbox.report(
        found.call,
        found.raw,
        paths=found.paths,
        source=options.source or ("paste" if options.file == "-" else "file"),
        reporter=options.reporter or dropped.reporter,
        link=options.link or dropped.link,
        matched=found.how,
        note=options.note or dropped.note,
        labels=options.label,
        expected=options.expect,
        report=given,
    )
    ledger = open_ledger(options, inbox)
    who = inbox.clean(options.reporter or dropped.reporter or config.by or "")
    link = inbox.clean(options.link or dropped.link or "")
    source = options.source or "paste"
    step = ledger.step("received", given, source=source, author=who, link=link, item=item)
    ledger.add([step])
    if found.how:
        narrate(f"tailllm: this is call {found.call.key} ({found.how}).")
    elif options.log:
        narrate("tailllm: no logged call was found for it; the text alone is kept.")
    say(f"{item} {inbox.path}")
    return Exit.FINE


def _text(options: argparse.Namespace) -> str:
    if options.file == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    path = Path(options.host.cwd / options.file)
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}", fix="Name a file you can read."
        ) from error


def _moment(text: str) -> float:
    from tailllm.corpus.dropped import moment

    at = moment(text)
    if at is None:
        raise UsageError(f"--at {text!r} is no time", fix="Write 2026-11-22T14:00Z.")
    return at


def _logged(options: argparse.Namespace, config: "Config", dropped: "Dropped") -> "Content | None":
    """The call in the logs that were named, if it is found without doubt."""
    from tailllm.channel.linking import content
    from tailllm.corpus.matching import match

    if not options.log:
        return None
    options.paths = options.log
    with loaded(options, config) as feed:
        found = match(dropped, (row for _, row in feed.window.newest_first()))
        return found and content(feed, found.row, found.how)
