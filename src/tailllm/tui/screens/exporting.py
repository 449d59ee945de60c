"""The calls of a scope as a new file to hand over, without secrets, for its owner to read."""

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from tailllm.errors import GoneError, UsageError
from tailllm.ink import counted
from tailllm.tui import scope
from tailllm.tui.facts import SPANS

if TYPE_CHECKING:
    from io import BufferedWriter

    from tailllm.records.row import Row
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

TOLD_EVERY = 500
_ENDS: dict[str, Literal["csv", "parquet"]] = {".csv": "csv", ".parquet": "parquet"}


def export(
    setting: "Setting",
    of: "Scope",
    name: str,
    told: Callable[[str], None],
    cancelled: Callable[[], bool],
    *,
    here: "Row | None" = None,
) -> str:
    """Write them; not for the UI thread.

    Args:
        setting: Where the calls are.
        of: Which.
        name: A new file; `.csv` and `.parquet` hold columns, `.md` one call for a ticket,
            anything else JSON lines.
        told: Hears how far it is.
        cancelled: Whether nobody wants it any more; what is written stays.
        here: The call under the cursor, which Markdown is about.

    Returns:
        What became of it, in a sentence.

    Raises:
        UsageError: The file cannot be made, or the filter cannot be answered.
    """
    ending = os.path.splitext(name)[1]
    form = _ENDS.get(ending)
    ticket = _ticket(setting, here) if ending == ".md" else None
    try:
        fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", fix="Name a new file.") from None
    with open(fd, "wb") as file:
        if ticket is not None:
            file.write(ticket.encode("utf-8", "backslashreplace"))
            return "one call as Markdown, secrets as tags"
        if form is None:
            return _lines(setting, _rows(setting, of), file, told, cancelled)
        return _columns(setting, of, form, file)


def _ticket(setting: "Setting", row: "Row | None") -> str:
    from tailllm.ask.ticket import markdown
    from tailllm.transcript import show_command
    from tailllm.tui.handing import places

    if row is None:
        raise UsageError("no call is under the cursor", fix="Go to the call for the ticket.")
    paths = dict.fromkeys(setting.feed.path(address.file) for address in row.source)
    return markdown(setting.feed.call(row), show_command(row.key, places(paths)))


def _rows(setting: "Setting", of: "Scope") -> list["Row"]:
    span = setting.feed.span_ending_now(SPANS[of.span][1])
    return [row for row in scope.rows(setting, of.filter) if span.holds(row.at)]


def _lines(
    setting: "Setting",
    rows: "list[Row]",
    file: "BufferedWriter",
    told: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> str:
    from tailllm.ask.ticket import clean_json

    gone = written = 0
    for number, row in enumerate(rows):
        if cancelled():
            return f"Given up: {counted(written, 'call')} of {len(rows):,} written to {file.name}."
        try:
            found = clean_json(setting.feed.call(row))
        except GoneError:
            gone += 1
            continue
        file.write(json.dumps(found, default=str).encode() + b"\n")
        written += 1
        if number % TOLD_EVERY == 0:
            told(f"Exporting: {number:,} of {len(rows):,} calls; Esc gives up")
    lost = f"; {gone:,} had left their log" if gone else ""
    return f"{counted(written, 'call')} written, secrets as tags{lost}"


def _columns(
    setting: "Setting", of: "Scope", form: Literal["csv", "parquet"], file: "BufferedWriter"
) -> str:
    from tailllm.redact import redact
    from tailllm.store.exporting import export as write
    from tailllm.store.where.nodes import joined

    found = scope.chosen(setting, of)
    inside = scope.readable(setting, scope.during(found.span)).condition(found.store.ledger)
    where = joined(" AND ", [found.where, *([inside] if inside else [])])
    path = setting.feed.path
    write(
        found.store.ledger,
        file.fileno(),
        form,
        where=where,
        path=path,
        clean=lambda name: redact(name)[0],
    )
    calls = found.store.stats(found.span, where=found.where).calls
    return f"{counted(calls, 'call')} written as {form}, no texts"
