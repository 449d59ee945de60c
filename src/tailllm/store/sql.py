"""SQL somebody typed: run in a process of its own that holds the calls and nothing else.

The child gets the columns of the ledger through memory, locks its database, gives up the right
to open any file or socket, and is killed by the system when its time is over. What it was
asked to do can so neither reach the host, nor the ledger, nor hold up who asked.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tailllm.errors import Exit, FilterError, TailllmError, UsageError
from tailllm.store.where.nodes import EVERYTHING, Condition

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

MOST_CHARACTERS = 100_000
HANDED_OVER = "/proc/self/fd/"
COMMAND = (sys.executable, "-m", "tailllm.store.sql_child")
INHERITED = ("PYTHONPATH", "PATH", "LANG", "LC_ALL", "HOME", "VIRTUAL_ENV")
"""All the child sees of the environment: no keys."""
HAND_OVER = """
    COPY (SELECT * FROM calls WHERE {where})
    TO '{path}' (FORMAT parquet, USE_TMP_FILE false)"""
"""Writes the columns of calls; `path` is that of an open file in memory."""
LOADING_S = 120
"""For loading what is asked about, before the time of the question begins."""


class Limits(NamedTuple):
    """What one question may cost."""

    seconds: float = 10.0
    memory_bytes: int = 512 << 20
    rows: int = 10_000
    answer_bytes: int = 64 << 20


LIMITS = Limits()


class SqlError(TailllmError):
    """The question was fine and could not be answered within its limits."""

    exit_code = Exit.UNKNOWN


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of plain values: text, numbers, truth, None, lists and objects of these."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool
    """Whether there were more rows than one may have."""

    def objects(self) -> list[dict[str, Any]]:
        """A row as an object; of two columns of the same name the later gets a number."""
        names: list[str] = []
        for name in self.columns:
            taken = name in names
            names.append(f"{name}_{len(names)}" if taken else name)
        return [dict(zip(names, row, strict=True)) for row in self.rows]


class Sql:
    """One question in SQL over `calls` and `evaluations`.

    Args:
        ledger: Where the calls are.
        question: One SELECT.
        where: Only these calls.
        path: From a file id to the path it has now.
        limits: What it may cost.

    Raises:
        UsageError: This is no host where it can run, or it is far too long.
    """

    def __init__(
        self,
        ledger: "Ledger",
        question: str,
        *,
        where: Condition = EVERYTHING,
        path: Callable[[str], str] = str,
        limits: Limits = LIMITS,
    ) -> None:
        if not hasattr(os, "memfd_create") or not os.path.isdir(HANDED_OVER):
            raise UsageError(
                "SQL needs a Linux host", fix="Use tailllm stats and --where, which do not."
            )
        if len(question) > MOST_CHARACTERS:
            raise UsageError(
                "the question is too long", fix=f"Use at most {MOST_CHARACTERS:,} characters."
            )
        self._ledger = ledger
        self._question = question
        self._where = where
        self._path = path
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def run(self) -> Answer:
        """The answer; blocks until it is there, or the time is over.

        Raises:
            FilterError: The database does not understand the question; says where.
            UsageError: The question is more than one SELECT, or asks for what it may not.
            SqlError: It took too long or too much memory, or was cancelled.
        """
        fd = os.memfd_create("calls")
        try:
            copy = HAND_OVER.format(where=self._where.sql, path=f"{HANDED_OVER}{fd}")
            self._ledger.copy_out(copy, self._where.values)
            reply = self._ask(fd)
        finally:
            os.close(fd)
        if "error" in reply:
            raise _refusal(reply["error"], self._question, reply.get("at"))
        rows = tuple(map(tuple, reply["rows"]))
        return Answer(tuple(reply["columns"]), rows, reply["more"])

    def cancel(self) -> None:
        """End it now, from any thread."""
        self._cancelled = True
        if self._child is not None:
            self._child.kill()

    def _ask(self, fd: int) -> dict[str, Any]:
        files = self._ledger.known_names()
        asked = {
            "fd": fd,
            "names": files,
            "paths": [self._path(name) for name in files],
            "verdicts": self._ledger.known_verdicts(),
            "question": self._question,
            **self._limits._asdict(),
        }
        text = json.dumps(asked).encode("utf-8", "surrogatepass")
        environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        with subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(fd,),
            env=environ,
            start_new_session=True,
        ) as child:
            self._child = child
            if self._cancelled:
                child.kill()
            try:
                said, _ = child.communicate(text, timeout=LOADING_S + self._limits.seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                said, _ = child.communicate()
                return _failed(-signal.SIGALRM, self._limits, cancelled=self._cancelled)
            except BaseException:
                child.kill()
                raise
        if child.returncode == 0 and said:
            found: dict[str, Any] = json.loads(said)
            return found
        return _failed(child.returncode, self._limits, cancelled=self._cancelled)


def _failed(code: int, limits: Limits, *, cancelled: bool) -> dict[str, Any]:
    if cancelled:
        raise SqlError("the question was cancelled", fix="Ask again.")
    if code in (-signal.SIGALRM, -signal.SIGXCPU):
        raise SqlError(
            f"the question took longer than {limits.seconds:g} s",
            fix="Ask about fewer calls (WHERE, --where, --since), or give it more: --seconds.",
        )
    raise SqlError(
        "the process that ran the question died, for want of memory as a rule",
        fix="Ask for less at once; the next question starts anew.",
    )


def _refusal(text: str, question: str, at: int | None) -> TailllmError:
    what, _, fix = text.partition("\n")
    fix = " ".join(fix.split()) or "docs/sql.md has the columns of calls and evaluations."
    if "Out of Memory" in what:
        return SqlError("the question needs too much memory", fix="Ask for less at once.")
    if at is None:
        return UsageError(what, fix=fix)
    return FilterError(what, fix=fix, start=at, end=len(question))
