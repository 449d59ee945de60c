"""Fetches what was marked and decided on another host, over the system's own ssh.

What is appended there is appended here: a line that is here already is not added again, and
a line is added whole or not at all, so a pull that was cut off is finished by the next one.
Marks of each host stay in a file of their own, because what counts of several hosts is the
order in time (`corpus.fold`); everything else is one file.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple

from tailllm.corpus.append import append
from tailllm.corpus.entries import lines
from tailllm.corpus.record import is_inert
from tailllm.errors import CorpusError, SourceError, UsageError

FILES: Final = ("marks.jsonl", "inbox.jsonl", "reports.jsonl", "outbox.jsonl")
"""Cursors stay where they are: each host reads for itself."""
BATCH_BYTES = 4 << 20
LONGEST_LINE = 64 << 20
"""Bytes; a longer line is left there and counted."""
_PLACE = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?([A-Za-z0-9_][A-Za-z0-9._-]*):([^\0\r\n]+)")
_END = b"#end"
_KINDS = {"marks.jsonl": "mark_id", "inbox.jsonl": "mark_id", "reports.jsonl": "report"}
_SSH = ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15")
"""Never asks for a password: a pull may run from cron. All else is in ~/.ssh/config."""


class Place(NamedTuple):
    """A corpus on another host."""

    target: str
    """`user@host`, as ssh takes it."""
    host: str
    path: str


class Pulled(NamedTuple):
    """What came of one file."""

    name: str
    new: int = 0
    known: int = 0
    refused: int = 0
    """Lines that are none of tailllm's; they stay where they are."""


def place(text: str) -> Place:
    """Read `user@host:path`.

    Raises:
        UsageError: It is none, or it could be read as an option of ssh.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} is no user@host:path",
            fix="Write it as for scp: ops@web-1:/srv/corpus; a port belongs into ~/.ssh/config.",
        )
    target = text[: found.start(2) - 1]
    return Place(target, found[1], found[2].removeprefix("~/"))


def pull(there: Place, corpus: Path, ssh: Sequence[str] = _SSH) -> list[Pulled]:
    """Add what is there and not here; on disk on return.

    Raises:
        SourceError: The host or its corpus cannot be read to the end. What was added stays.
        CorpusError: The disk here refuses.
    """
    argv = [*ssh, "--", there.target, _script(there.path)]
    found: list[Pulled] = []
    with TemporaryFile() as narration:
        process = _started(argv, narration)
        with process:
            assert process.stdout is not None  # noqa: S101 -- a pipe was asked for
            try:
                whole = _take(process.stdout, there, corpus, found)
            except BaseException:
                process.kill()
                raise
        said = _last_words(narration)
    if not whole or process.returncode:
        raise SourceError(
            f"{there.target}:{there.path} was not read to its end: {said or 'ssh broke off'}",
            fix=f"{_sum(found)} were kept; pull again for the rest.",
        )
    return found


def _started(argv: Sequence[str], narration: IO[bytes]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=narration
        )
    except OSError as error:
        raise SourceError(
            f"ssh cannot be started: {error.strerror}", fix="Install OpenSSH's client."
        ) from error


def _script(path: str) -> str:
    """What the shell there does: each file under its name, and a word at the end."""
    files = " ".join(FILES)
    each = 'if [ -f "$f" ]; then printf "\\n#%s\\n" "$f"; cat -- "$f" || exit 9; fi'
    return f'cd -- {shlex.quote(path)} && for f in {files}; do {each}; done && printf "\\n#end\\n"'


def _take(stream: IO[bytes], there: Place, corpus: Path, found: list[Pulled]) -> bool:
    """Keep line after line; whether the word at the end came."""
    pending: _File | None = None
    try:
        for line in _whole_lines(stream):
            if line == _END:
                return True
            name = line[1:].decode("ascii", "replace") if line[:1] == b"#" else ""
            if name in FILES:
                _close(pending, found)
                pending = _File(name, corpus, there.host)
            elif pending is not None and line.strip():
                pending.take(line)
        return False
    finally:
        _close(pending, found)


def _close(file: "_File | None", found: list[Pulled]) -> None:
    if file is not None and (not found or found[-1].name != file.name):
        file.flush()
        found.append(Pulled(file.name, file.new, file.known, file.refused))


class _File:
    """One file here, and the lines that are in it."""

    def __init__(self, name: str, corpus: Path, host: str) -> None:
        self.name = name
        own = f"marks.{host}.jsonl" if name == "marks.jsonl" else name
        self._path = corpus / own
        self._field = _KINDS.get(name, "message")
        self._waiting: list[bytes] = []
        self._bytes = 0
        self.new = self.known = self.refused = 0
        here = {self._path, corpus / name}
        self._seen = {_digest(line) for path in here for line in _lines(path)}

    def take(self, line: bytes) -> None:
        """Keep a line that is not here."""
        digest = _digest(line)
        if digest in self._seen:
            self.known += 1
        elif not _is_ours(line, self._field):
            self.refused += 1
        else:
            self._seen.add(digest)
            self._waiting.append(line + b"\n")
            self._bytes += len(line)
            if self._bytes > BATCH_BYTES:
                self.flush()

    def flush(self) -> None:
        """Write what waits, with one write."""
        if not self._waiting:
            return
        try:
            append(self._path, b"".join(self._waiting))
        except OSError as error:
            raise CorpusError(
                f"not kept: {self._path}: {error.strerror or error}",
                fix="Make room or give yourself the right to write, then pull again.",
            ) from error
        self.new += len(self._waiting)
        self._waiting, self._bytes = [], 0


def _lines(path: Path) -> Iterator[bytes]:
    try:
        for _, line in lines(path):
            yield line
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read: {error.strerror or error}",
            fix="Give yourself the right to read it, or name another --corpus.",
        ) from error


def _whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines with their newline; what a broken connection cut off is none."""
    while line := stream.readline(LONGEST_LINE):
        if line.endswith(b"\n"):
            yield line[:-1]
        elif len(line) == LONGEST_LINE:
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield b"too long"


def _digest(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()


def _is_ours(line: bytes, field: str) -> bool:
    """Whether tailllm could have written it."""
    try:
        found = json.loads(line)
        return (
            isinstance(found["schema"], int)
            and isinstance(found[field], str)
            and is_inert(line.decode())
        )
    except (ValueError, RecursionError, KeyError, TypeError):
        return False


def _last_words(narration: IO[bytes]) -> str:
    """Of ssh or of the shell there, as one line."""
    narration.seek(0)
    text = narration.read(1 << 16).decode("utf-8", "replace")
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    return rows[-1][:300] if rows else ""


def _sum(found: Sequence[Pulled]) -> str:
    new = sum(one.new for one in found)
    return f"{new:,} new line{'' if new == 1 else 's'}"
