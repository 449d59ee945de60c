"""`tailllm export`: the chosen calls as a file to hand over, without secrets."""

import argparse
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tailllm.cli.asking import Asked, add_question, asked
from tailllm.cli.opening import find
from tailllm.cli.output import json_text, narrate, save
from tailllm.errors import Exit, GoneError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

EXAMPLES = """\
  tailllm export logs/ --where 'prompt:billing@v15 is:bad' --out bad.jsonl
  tailllm export logs/ --out calls.parquet            columns, no texts
  tailllm export logs/ --call KEY > ticket.md
"""
FORMS = ("jsonl", "csv", "parquet", "markdown")
_ENDS = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet", ".md": "markdown"}


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    parser.add_argument("--out", metavar="FILE", help="a new file; its ending says the format")
    parser.add_argument("--format", choices=FORMS, help="of the file (jsonl)")
    parser.add_argument("--call", metavar="KEY", help="this one call, as Markdown")


def run(options: argparse.Namespace) -> int:
    """Write them; an existing file is left alone."""
    form = options.format or _ENDS.get(os.path.splitext(options.out or "")[1], "jsonl")
    if options.call:
        form = "markdown"
    if form == "markdown" and not options.call:
        raise UsageError("Markdown is for one call", fix="Name it: --call KEY")
    if form in ("csv", "parquet") and not options.out:
        raise UsageError(f"{form} goes into a file", fix=f"Name a new one: --out calls.{form}")
    with asked(options, rows=form in ("jsonl", "markdown")) as calls, _opened(options.out) as file:
        if form in ("csv", "parquet"):
            return _columns(calls, form, file)
        if form == "markdown":
            return _ticket(options, calls, file)
        return _calls(calls, file)


@contextmanager
def _opened(name: str | None) -> "Iterator[FileIO | None]":
    if name is None:
        yield None
        return
    try:
        fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"{name}: cannot be made: {error.strerror}", fix="Name a new file with --out."
        ) from None
    with open(fd, "wb", buffering=0) as file:
        yield file


def _columns(calls: Asked, form: str, file: "FileIO | None") -> int:
    from tailllm.redact import redact
    from tailllm.store.exporting import export

    if file is not None:
        export(
            calls.store.ledger,
            file.fileno(),
            "csv" if form == "csv" else "parquet",
            where=calls.where,
            path=calls.feed.path,
            clean=lambda name: redact(name)[0],
        )
    return Exit.FINE


def _calls(calls: Asked, file: "FileIO | None") -> int:
    from tailllm.ask.ticket import clean_json

    gone = 0
    for row in calls.rows():
        try:
            found = clean_json(calls.feed.call(row))
        except GoneError:
            gone += 1
            continue
        if file is None:
            print(json_text(found))
        else:
            save(json_text(found) + "\n", file)
    if gone:
        narrate(f"tailllm: {counted(gone, 'call')} left their file while it was read.")
    return Exit.UNKNOWN if gone else Exit.FINE


def _ticket(options: argparse.Namespace, calls: Asked, file: "FileIO | None") -> int:
    from tailllm.ask.ticket import markdown
    from tailllm.transcript import show_command

    row = find(calls.feed, options.call, options.paths)
    call, command = calls.feed.call(row), show_command(row.key, options.paths)
    if file is None:
        sys.stdout.write(markdown(call, command))
    else:
        save(markdown(call, command), file)
    return Exit.FINE
