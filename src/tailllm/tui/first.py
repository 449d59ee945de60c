"""The first frame: the newest calls on the screen while Textual is still being loaded.

Loading the screens takes half a second; reading the end of a log takes a tenth of that, at
any size. Written with plain control sequences; the app then takes the same screen over.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from tailllm.feed.peek import newest
from tailllm.ink import line as visible
from tailllm.records.row import Row
from tailllm.sources.follow import Follower
from tailllm.tui import cells
from tailllm.tui.widgets import columns

ENTER, LEAVE = "\x1b[?1049h\x1b[H\x1b[2J", "\x1b[?1049l"
BAD, PLAIN = "\x1b[1;31m", "\x1b[0m"
BOLD = "\x1b[1m"
HEAD_LINES, FOOT_LINES = 5, 2
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
LEAST_COLUMNS, LEAST_LINES = 40, 10


@contextmanager
def first_frame(
    targets: Sequence[str], environ: Mapping[str, str], house: Mapping[str, Mapping[str, str]]
) -> Iterator[Follower]:
    """Show the newest calls, then let the body open the screens over them.

    What was shown must not get lost when a file is rotated before the screens are up: the
    body goes on with the follower that holds these files open.
    The terminal is put back when the body fails before it could.
    """
    follower = Follower(targets)
    # The screens take these signals over once they run; until then nobody else would.
    before = {number: signal.signal(number, _leave) for number in ENDING}
    painted = False
    try:
        text = _painting(targets, follower, environ, sys.stdout, house)
        painted = bool(text)
        sys.stdout.write(text)
        sys.stdout.flush()
        yield follower
    except BaseException:
        follower.close()
        if painted:
            with suppress(OSError):
                sys.stdout.write(LEAVE)
                sys.stdout.flush()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _painting(
    targets: Sequence[str],
    follower: Follower,
    environ: Mapping[str, str],
    stream: TextIO,
    house: Mapping[str, Mapping[str, str]],
) -> str:
    """All of it as one text, or nothing where it would not fit."""
    size = os.get_terminal_size(stream.fileno())
    if environ.get("TERM") == "dumb" or size.columns < LEAST_COLUMNS or size.lines < LEAST_LINES:
        return ""
    room = size.lines - HEAD_LINES - FOOT_LINES
    rows = newest(follower, room, house, arrived=time.time())
    bad = BOLD if environ.get("NO_COLOR") else BAD
    glyphs = cells.UNICODE if "UTF" in stream.encoding.upper() else cells.ASCII
    lines = frame(targets, rows, size.columns, bad=bad, glyphs=glyphs)
    # A letter the terminal does not have would be spelled out, and the line would not fit.
    known = "\r\n".join(lines).encode(stream.encoding, "replace").decode(stream.encoding)
    return ENTER + known


def frame(
    targets: Sequence[str],
    rows: Sequence[Row],
    width: int,
    *,
    bad: str,
    glyphs: cells.Glyphs = cells.UNICODE,
) -> list[str]:
    """The lines of the frame, each at most `width` cells of visible text."""
    shown = columns.columns(width)
    where = visible(" ".join(targets))
    head = cells.cut(f" tailllm  {where}  {glyphs.reading} opening", width, glyphs)
    lines = [BOLD + head + PLAIN, "", "", glyphs.rule * width, columns.titles(shown)]
    return lines + [_row(row, shown, bad, glyphs) for row in rows]


def _row(row: Row, shown: tuple[columns.Column, ...], bad: str, glyphs: cells.Glyphs) -> str:
    sign = glyphs.error if row.status == "error" else glyphs.fail
    gutter = f" {sign if row.is_bad else ' '}  "
    text = gutter + " ".join(columns.texts(row, shown, slow=False, glyphs=glyphs))
    return bad + text + PLAIN if row.is_bad else text
