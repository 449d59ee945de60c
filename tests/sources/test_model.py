"""Random writers, rotators and vandals against an oracle: what was written, in what order.

The law: no line twice; none missing unless a notice said that bytes may be.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.sources.disk import Watch, append, rewrite_at

SAYS_LOSS = {"truncated", "replaced", "missing", "gone"}
sizes = st.sampled_from([1, 5, 80, 300, 1100, 5000])


class Host(RuleBasedStateMachine):
    """One log path, directly or behind a symlink, and everything that can befall it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tailllm-model-"))
        self.log = self.folder / "calls.log"
        self.log.write_text("past\n")
        self.link = self.folder / "link.log"
        self.link.symlink_to("calls.log")
        self.watch = Watch(self.link)
        self.count = 0
        self.rotations = 0
        self.half: dict[int, str] = {}
        """Inode → half line at the end of that file."""
        self.written: set[str] = set()
        self.at_risk: set[str] = set()
        """Written and possibly destroyed before anybody could read it."""
        self.unseen: dict[str, int] = {}
        """Not yet looked at → inode it was written to."""

    def teardown(self) -> None:
        self.watch.close()
        shutil.rmtree(self.folder)

    @rule(size=sizes, lines=st.integers(1, 4))
    def write(self, size: int, lines: int) -> None:
        self._write(self.log, size, lines)

    @rule(size=sizes)
    def write_half(self, size: int) -> None:
        if self._inode(self.log) in self.half:
            return
        half = self._new_line(size)
        append(self.log, half)
        self.half[self._inode(self.log)] = half

    @precondition(lambda self: self.rotations)
    @rule(size=sizes, back=st.integers(1, 3))
    def write_late(self, size: int, back: int) -> None:
        old = Path(f"{self.log}.{back}")
        if old.exists():
            self._write(old, size, 1)

    @rule()
    def rotate(self) -> None:
        for n in range(self.rotations, 0, -1):
            if os.path.exists(f"{self.log}.{n}"):
                os.rename(f"{self.log}.{n}", f"{self.log}.{n + 1}")
        if self.log.exists():
            self.log.rename(f"{self.log}.1")
        self.log.touch()
        self.rotations += 1

    @rule(size=sizes, refill=st.integers(0, 4))
    def truncate_and_refill(self, size: int, refill: int) -> None:
        if not self.log.exists():
            return
        self._destroy(self._inode(self.log))
        os.truncate(self.log, 0)
        if refill:
            self._write(self.log, size, refill)

    @rule(size=sizes)
    def truncate_under_a_stale_writer(self, size: int) -> None:
        if not self.log.exists() or not self.log.stat().st_size:
            return
        at = self.log.stat().st_size
        self._destroy(self._inode(self.log))
        os.truncate(self.log, 0)
        line = self._new_line(size)
        rewrite_at(self.log, at, f"{line}\n".encode())
        self._wrote(self.log, line)

    @rule()
    def delete(self) -> None:
        if self.log.exists():
            self._destroy(self._inode(self.log), only_if_unseen_file=True)
            self.log.unlink()

    @rule(size=sizes, lines=st.integers(0, 3))
    def replace(self, size: int, lines: int) -> None:
        if self.log.exists():
            self._destroy(self._inode(self.log), only_if_unseen_file=True)
        fresh = self.folder / "calls.log.tmp"
        fresh.touch()
        self._write(fresh, size, lines)
        fresh.replace(self.log)

    @rule(size=sizes)
    def swap_the_symlink(self, size: int) -> None:
        other = self.folder / f"other-{self.count}.txt"
        other.touch()
        self._write(other, size, 1)
        if self.log.exists():
            self._destroy(self._inode(self.log), only_if_unseen_file=True)
        swap = self.folder / "swap"
        swap.symlink_to(other.name)
        swap.replace(self.link)
        self.log = other
        self.rotations = 0

    @rule(seconds=st.sampled_from([0.05, 0.25, 1.5, 70.0]))
    def look(self, seconds: float) -> None:
        self.watch.look(seconds)
        self.unseen.clear()
        self.known = self._inode(self.log)

    @invariant()
    def no_line_comes_twice(self) -> None:
        texts = self.watch.texts
        assert len(texts) == len(set(texts))

    @invariant()
    def every_line_was_written(self) -> None:
        halves = set(self.half.values())
        foreign = [t for t in self.watch.texts if t not in self.written and t not in halves]
        assert all(any(w.endswith(t) for w in self.written) for t in foreign), foreign

    def _finally(self) -> None:
        self.watch.look()
        self.watch.look(70)
        missing = self.written - set(self.watch.texts)
        assert missing <= self.at_risk, missing - self.at_risk
        assert not missing or SAYS_LOSS & set(self.watch.kinds)

    def _write(self, path: Path, size: int, lines: int) -> None:
        for _ in range(lines):
            half = self.half.pop(self._inode(path), "") if path.exists() else ""
            line = self._new_line(size)
            append(path, f"{line}\n")
            self._wrote(path, half + line)

    def _wrote(self, path: Path, line: str) -> None:
        self.written.add(line)
        self.unseen[line] = self._inode(path)

    def _new_line(self, size: int) -> str:
        self.count += 1
        return f"{self.count:06d}" + "é" * size

    def _destroy(self, inode: int, *, only_if_unseen_file: bool = False) -> None: ...

    @staticmethod
    def _inode(path: Path) -> int:
        return path.stat().st_ino if path.exists() else 0
