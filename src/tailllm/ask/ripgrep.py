"""Has ripgrep, where it is installed, name the lines of a file that hold a pattern.

It gets an open file and a pattern of ours, no name and no environment; it is run for one look,
is killed when nobody waits any more, and ends with us.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

_OPTIONS = (
    *("--no-config", "--text", "--byte-offset", "--no-filename", "--no-line-number"),
    *("--color=never", "--encoding=none", "--no-messages", "--threads=1"),
    "--max-columns=1",  # a line's place is all we want of it
)
_PLACE = re.compile(rb"^([0-9]+):", re.MULTILINE)
NICENESS = 5
LOOK_S = 0.05
"""How often a run looks whether somebody still waits."""
FED_BYTES = 1 << 20
_FOUND, _NOTHING = 0, 1
_BEFORE_A_LINE = re.compile(rb"\xef?\xbb?\xbf?\0*")
"""A byte order mark, and the hole that a truncated file leaves."""
HOLE_BYTES = 64 << 10


@cache
def command() -> tuple[str, ...]:
    """How to start it; empty where it is not installed or there is no `/proc`."""
    program = shutil.which("rg")
    if program is None or not os.path.isabs(program) or not os.path.isdir("/proc/self/fd"):
        return ()
    # The system ends it when the thread ends that waits for it, however that ends.
    leash = shutil.which("setpriv")
    before = (leash, "--pdeathsig", "KILL", "--") if leash and os.path.isabs(leash) else ()
    return (*before, program, *_OPTIONS)


def lines_with(
    fd: int, start: int, end: int | None, pattern: str, given_up: Callable[[], bool]
) -> list[int] | None:
    """Where lines begin that match, in their order.

    Args:
        fd: The file, open for reading; its position is left alone.
        start: Where to begin; a line that is cut there counts as beginning there.
        end: Where to stop; None for the whole file, which is the quickest.
        pattern: In ripgrep's language.
        given_up: Whether nobody waits any more.

    Returns:
        None when it was given up, or ripgrep could not do it.
    """
    whole = end is None
    with subprocess.Popen(
        (*command(), f"--regexp={pattern}", "--", f"/proc/self/fd/{fd}" if whole else "-"),
        stdin=subprocess.DEVNULL if whole else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(fd,) if whole else (),
        env={},
        start_new_session=True,
    ) as child:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
        try:
            said = _said(child, fd, start, start if end is None else end, given_up)
        except BaseException:
            child.kill()
            raise
        if said is None:
            child.kill()
    if said is None or child.returncode not in (_FOUND, _NOTHING):
        return None
    return [_line_start(fd, start + int(place)) for place in _PLACE.findall(said)]


def _said(
    child: "subprocess.Popen[bytes]", fd: int, at: int, end: int, given_up: Callable[[], bool]
) -> bytes | None:
    """All it says, while it is fed the bytes; None when nobody waits any more."""
    said: list[bytes] = []
    with DefaultSelector() as ready:
        if child.stdout is not None:
            ready.register(child.stdout, EVENT_READ)
        if child.stdin is not None:
            ready.register(child.stdin, EVENT_WRITE)
            with suppress(OSError):
                fcntl.fcntl(child.stdin, fcntl.F_SETPIPE_SZ, FED_BYTES)
        while not given_up():
            for key, _ in ready.select(LOOK_S):
                if key.fileobj is child.stdin:
                    at = _fed(key.fd, fd, at, end)
                    if at >= end:
                        ready.unregister(child.stdin)
                        child.stdin.close()
                    continue
                chunk = os.read(key.fd, FED_BYTES)
                if not chunk:
                    return b"".join(said)
                said.append(chunk)
    return None


def _fed(pipe: int, fd: int, at: int, end: int) -> int:
    """How far it has come; the end when there is no more or nobody takes it."""
    try:
        moved = os.splice(
            fd, pipe, min(FED_BYTES, end - at), offset_src=at, flags=os.SPLICE_F_NONBLOCK
        )
    except BlockingIOError:
        return at
    except OSError:
        return end
    return at + moved if moved else end


def _line_start(fd: int, place: int) -> int:
    """Where a line begins as we know it, behind what is none of it."""
    first = os.pread(fd, 1, place)
    if first not in (b"\0", b"\xef"):
        return place
    while True:
        hole = _BEFORE_A_LINE.match(os.pread(fd, HOLE_BYTES, place))
        length = hole.end() if hole else 0
        place += length
        if length < HOLE_BYTES:
            return place
