"""Random writers, rotators and vandals against an oracle: what was written, and to which file.

The law: no line twice; none missing, unless the file was cut or went before anybody looked;
and when it was cut behind our back, a notice says so.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.sources.disk import Watch, append, rewrite_at

SIZES = st.sampled_from([0, 1, 80, 300, 1100, 5000])


class Host(RuleBasedStateMachine):
    """One path, which is a symlink to a log, and everything that can befall both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tailllm-model-"))
        self.link = self.folder / "link.log"
        self.log = self.folder / "calls.log"
        self.log.write_text("past\n")
        self.link.symlink_to(self.log.name)
        self.looked_at = self.log
        self.watch = Watch(self.link)
        self.count = self.rotations = 0
        self.halves: dict[int, str] = {}
        """Inode → the half line at its end."""
        self.written: set[str] = set()
        self.half_lines: set[str] = set()
        self.fresh: dict[str, int] = {}
        """Line nobody has looked at → inode."""
        self.seen: dict[int, int] = {self._inode(): 5}
        """Inodes we had open at the last look, and their size then."""
        self.excused: set[str] = set()
        self.owed: set[str] = set()
        """Lines whose loss must be said."""

    @initialize(limit_bytes=st.sampled_from([None, 0, 300, 2_000]))
    def flood(self, limit_bytes: int | None) -> None:
        """Some of what comes is passed over, for others to read; what waits comes later."""
        if limit_bytes is not None:
            self.watch.passes = lambda _file, behind: limit_bytes if behind > 100 else 0

    def teardown(self) -> None:
        try:
            self.log.touch()  # rotated files are found when the next one begins
            self.watch.look()
            self.watch.look(70)
            missing = self.written - set(self.watch.texts)
            assert missing <= self.excused, sorted(missing - self.excused)
            said = self.watch.kinds["truncated"] + self.watch.kinds["replaced"]
            assert said or not missing & self.owed
        finally:
            self.watch.close()
            shutil.rmtree(self.folder)

    @rule(size=SIZES, lines=st.integers(1, 4))
    def write(self, size: int, lines: int) -> None:
        for _ in range(lines):
            self._write(self.log, size)

    @rule(size=SIZES)
    def write_half_a_line(self, size: int) -> None:
        half = self._new(size)
        append(self.log, half)
        whole = self.halves.get(self._inode(), "") + half
        self.halves[self._inode()] = whole
        self.half_lines.add(whole)

    @rule(size=SIZES, back=st.integers(1, 3))
    def write_late(self, size: int, back: int) -> None:
        old = Path(f"{self.log}.{back}")
        if old.exists():
            self._write(old, size)

    @rule()
    def rotate(self) -> None:
        for n in range(self.rotations, 0, -1):
            if os.path.exists(f"{self.log}.{n}"):
                os.rename(f"{self.log}.{n}", f"{self.log}.{n + 1}")
        if self.log.exists():
            self.log.rename(f"{self.log}.1")
        self.log.touch()
        self.rotations += 1

    @rule(size=SIZES, refill=st.integers(0, 4))
    def truncate_and_refill(self, size: int, refill: int) -> None:
        if self.log.exists():
            self._cut()
            for _ in range(refill):
                self._write(self.log, size)

    @rule(size=SIZES)
    def truncate_under_a_stale_writer(self, size: int) -> None:
        if self.log.exists():
            at = self.log.stat().st_size
            self._cut()
            line = self._new(size)
            rewrite_at(self.log, at, f"{line}\n".encode())
            self._note(self.log, line)

    @rule()
    def delete(self) -> None:
        if self.log.exists():
            self._lose_if_never_seen()
            self.log.unlink()

    @rule(size=SIZES, lines=st.integers(0, 3))
    def replace(self, size: int, lines: int) -> None:
        if self.log.exists():
            self._lose_if_never_seen()
        tmp = self.folder / "calls.log.tmp"
        tmp.touch()
        self.halves.pop(tmp.stat().st_ino, None)
        for _ in range(lines):
            self._write(tmp, size)
        tmp.replace(self.log)

    @rule(size=SIZES)
    def swap_the_symlink(self, size: int) -> None:
        if self.log != self.looked_at:  # nothing leads there any more, nor to what it was before
            unseen = {line for line, inode in self.fresh.items() if inode not in self.seen}
            self.excused |= unseen
        self._lose_if_never_seen()
        self.log = self.folder / f"other-{self.count}.txt"
        self._write(self.log, size)
        swap = self.folder / "swap"
        swap.symlink_to(self.log.name)
        swap.replace(self.link)
        self.rotations = 0

    @rule(seconds=st.sampled_from([0.05, 0.25, 1.5]))
    def look(self, seconds: float) -> None:
        self.watch.look(seconds)
        if not self.log.exists():  # what was rotated meanwhile is found when the next one begins
            self.fresh = {n: inode for n, inode in self.fresh.items() if inode not in self.seen}
            return
        self.fresh.clear()
        self.looked_at = self.log
        self.seen[self._inode()] = self.log.stat().st_size
        self.seen |= {old.stat().st_ino: 1 for old in self.folder.glob(f"{self.log.name}.*")}

    @invariant()
    def no_line_comes_twice(self) -> None:
        texts = self.watch.texts
        assert len(texts) == len(set(texts))

    @invariant()
    def every_line_is_one_that_was_written(self) -> None:
        assert set(self.watch.texts) <= self.written | self.half_lines

    def _write(self, path: Path, size: int) -> None:
        line = self._new(size)
        append(path, f"{line}\n")
        self._note(path, self.halves.pop(path.stat().st_ino, "") + line)

    def _note(self, path: Path, line: str) -> None:
        self.written.add(line)
        self.fresh[line] = path.stat().st_ino

    def _cut(self) -> None:
        """What nobody has read is lost; it must be said if there was something to compare with."""
        inode = self._inode()
        lost = {line for line, where in self.fresh.items() if where == inode}
        self.excused |= lost
        if self.seen.get(inode):
            self.owed |= lost
        self.halves.pop(inode, None)
        os.truncate(self.log, 0)

    def _lose_if_never_seen(self) -> None:
        """A file that comes and goes between two looks leaves no trace."""
        inode = self._inode()
        if inode not in self.seen:
            self.excused |= {line for line, where in self.fresh.items() if where == inode}
        self.halves.pop(inode, None)

    def _new(self, size: int) -> str:
        self.count += 1
        return f"{self.count:06d}" + "é" * size

    def _inode(self) -> int:
        return self.log.stat().st_ino if self.log.exists() else 0


def run(examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Host,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=checks,
        ),
    )


def test_no_line_comes_twice_and_none_is_lost_unsaid() -> None:
    run(examples=60, steps=25)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_line_comes_twice_and_none_is_lost_unsaid_for_long() -> None:
    run(examples=1500, steps=35)
