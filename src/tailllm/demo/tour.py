"""The two-minute tour: simulated production traffic in a temporary log, followed live.

This area writes the traffic and cleans up; how it is shown is the caller's business, so
that the same story runs under the screens and under the plain summary.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tailllm.demo.traffic import Traffic
from tailllm.demo.writer import Writer
from tailllm.errors import SourceError

SEED = 1122
HISTORY_S = 600.0
"""Traffic from before the tour, so that the first screen is full."""
STORY_S = 1800.0
"""The traffic ends after this, so that a forgotten tour does not fill the disk: 50 MB."""
HINTS = (
    "This is made-up traffic. In half a minute prompt v15 ships.",
    "press e for the next failing call, Enter to read it, m to keep it, ? for help",
)


class Stage(NamedTuple):
    """What there is to show."""

    log: Path
    corpus: Path
    """Folder for marks made during the tour."""
    hints: tuple[str, ...]
    """What to say at the start, one line each."""


def run(
    show: Callable[[Stage], int],
    *,
    seconds: float = 0.0,
    into_s: float = 0.0,
    clock: Callable[[], float] = time.time,
) -> int:
    """Write the traffic while `show` runs, and clean up behind it.

    Args:
        show: Follows the log until the reader has enough, or prints what it has so far;
            its exit code is the tour's.
        seconds: How long to let the traffic run before showing anything, for a summary.
        into_s: How far into the story we come: the incident unfolds from 20 to 150.
        clock: Seconds since the epoch.

    Raises:
        SourceError: There is no room for the temporary log.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="tailllm-demo-"))
    except OSError as error:
        raise _no_room(error) from error
    stage = Stage(folder / "assist.jsonl", folder / "corpus", HINTS)
    try:
        return _play(show, stage, _writer(stage.log, clock, into_s), seconds)
    finally:
        _leave(stage)


def _play(show: Callable[[Stage], int], stage: Stage, writer: Writer, seconds: float) -> int:
    try:
        writer.start()
        if seconds:
            time.sleep(seconds)
        return show(stage)
    finally:
        writer.close()
        if writer.trouble:
            _say(f"The simulated traffic stopped early: {writer.trouble.strerror}.")


def _writer(log: Path, clock: Callable[[], float], into_s: float) -> Writer:
    """A writer that has written the past."""
    try:
        story = Traffic(SEED, start=clock() - into_s, begin_s=-HISTORY_S, end_s=STORY_S)
        writer = Writer(log, story, clock)
        writer.catch_up()
    except OSError as error:
        raise _no_room(error) from error
    return writer


def _no_room(error: OSError) -> SourceError:
    return SourceError(
        f"the demo cannot write its temporary log: {error.strerror}",
        fix="Make room, or set TMPDIR to a folder you can write to.",
    )


def _leave(stage: Stage) -> None:
    """Remove the log; marks somebody made stay, and we say where."""
    marks = stage.corpus / "marks.jsonl"
    kept = _count(marks)
    if not kept:
        shutil.rmtree(stage.log.parent, ignore_errors=True)
        return
    stage.log.unlink(missing_ok=True)
    calls = "call" if kept == 1 else "calls"
    _say(f"You kept {kept} {calls}: {marks}\nRemove it when you are done with it.")


def _count(marks: Path) -> int:
    """How many marks stand; a line that cannot be read counts, so that it is not removed."""
    if not marks.exists():
        return 0
    standing: set[str] = set()
    for text in marks.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            line = json.loads(text or "{}")
        except ValueError:
            line = {"kind": "mark", "mark_id": text}
        if line.get("kind") == "mark":
            standing.add(line["mark_id"])
        elif line.get("kind") == "unmark":
            standing.discard(line["mark_id"])
    return len(standing)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
