"""What happens to logs on real hosts, seen from outside: the call must reach the screen, once."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal, tailllm

pytestmark = pytest.mark.pty

LOOK_S = 0.3
"""Longer than the follower's longest sleep: it has looked meanwhile."""

LOGS = 14
"""At least one for each test that has none of its own."""
ROWS = 120
"""So many that no call of these tests is scrolled out."""
Shows = Callable[..., None]


def call(marker: str, output: str = "Yes.") -> bytes:
    """One native line; the marker is what the table shows in its last column."""
    record = {
        "tailllm": 1,
        "ts": "2026-11-22T14:07:21.743Z",
        "ms": 76.6,
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": marker}],
        "output": output,
        "finish": "stop",
    }
    return json.dumps(record).encode() + b"\n"


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def sees(terminal: Terminal, *markers: str) -> None:
    """Wait until exactly these calls are in the table."""
    expected = list(markers)
    terminal.wait_until(lambda screen: shown(screen) == expected, what=f"exactly {expected}")


def let_it_look() -> None:
    time.sleep(LOOK_S)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, Iterator[Path]]]:
    """One program that follows a log for each test, for starting is what costs."""
    logs = [tmp_path_factory.mktemp("log") / "calls.jsonl" for _ in range(LOGS)]
    for number, log in enumerate(logs):
        log.write_bytes(call(f"MK-{number:02d}00"))
    with tailllm(*logs, columns=100, rows=ROWS) as terminal:
        terminal.wait_for(f" {LOGS} held")
        yield terminal, iter(logs)


@pytest.fixture
def terminal(session: tuple[Terminal, Iterator[Path]]) -> Terminal:
    return session[0]


@pytest.fixture
def log(session: tuple[Terminal, Iterator[Path]]) -> Path:
    """A log of its own for each test, with one call in it."""
    return next(session[1])


@pytest.fixture
def mk(log: Path) -> str:
    """The beginning of the markers in this log; two digits follow."""
    return json.loads(log.read_bytes())["messages"][0]["content"][:-2]


@pytest.fixture
def comes(terminal: Terminal, mk: str) -> Shows:
    """Wait until just these calls of this log are in the table, behind the first."""

    def check(*numbers: int) -> None:
        expected = [f"{mk}{number:02d}" for number in (0, *numbers)]
        terminal.wait_until(lambda screen: of_log(screen, mk) == expected, what=f"just {expected}")

    return check


@pytest.fixture
def shows(terminal: Terminal, mk: str, comes: Shows) -> Shows:
    """Wait for them, and see that they stay so."""

    def check(*numbers: int) -> None:
        comes(*numbers)
        let_it_look()

        assert of_log(terminal.screen(), mk) == [f"{mk}{number:02d}" for number in (0, *numbers)]
        assert terminal.is_alive()

    return check


def of_log(screen: str, mk: str) -> list[str]:
    """The markers of one log in the table, from top to bottom."""
    return [marker for marker in shown(screen) if marker.startswith(mk)]


def shown(screen: str) -> list[str]:
    """The markers in the table, from top to bottom."""
    rows = [row for row in screen.splitlines() if re.search(r"\d\d:\d\d:\d\d.*gpt-4o", row)]
    return [marker for row in rows for marker in re.findall(r"MK-\d{4}", row)]


def test_an_appended_line(log: Path, mk: str, shows: Shows) -> None:
    append(log, call(f"{mk}01"))

    shows(1)


def test_half_a_line_and_its_rest(log: Path, mk: str, shows: Shows) -> None:
    line = call(f"{mk}01")
    append(log, line[:40])
    let_it_look()
    append(log, line[40:])

    shows(1)


def test_renamed_and_created(log: Path, mk: str, shows: Shows) -> None:
    append(log, call(f"{mk}01"))
    log.rename(f"{log}.1")
    log.write_bytes(call(f"{mk}02"))

    shows(1, 2)


def test_a_late_write_to_the_renamed_file(log: Path, mk: str, comes: Shows, shows: Shows) -> None:
    log.rename(f"{log}.1")
    log.write_bytes(call(f"{mk}01"))
    comes(1)
    append(Path(f"{log}.1"), call(f"{mk}02"))

    shows(1, 2)


def test_copied_and_truncated(log: Path, mk: str, comes: Shows, shows: Shows) -> None:
    append(log, call(f"{mk}01"))
    comes(1)
    Path(f"{log}.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, call(f"{mk}02"))

    shows(1, 2)


def test_truncated_and_refilled_bigger_at_once(log: Path, mk: str, shows: Shows) -> None:
    os.truncate(log, 0)
    append(log, call(f"{mk}01") + call(f"{mk}02") + call(f"{mk}03"))

    shows(1, 2, 3)


def test_deleted_and_recreated(log: Path, mk: str, shows: Shows) -> None:
    log.unlink()
    let_it_look()
    log.write_bytes(call(f"{mk}01"))

    shows(1)


def test_replaced_by_a_rename_over_it(log: Path, mk: str, comes: Shows, shows: Shows) -> None:
    for numbers in ((1,), (1, 2)):
        fresh = log.with_suffix(".tmp")
        fresh.write_bytes(call(f"{mk}{numbers[-1]:02d}"))
        fresh.replace(log)
        comes(*numbers)

    shows(1, 2)


def test_a_line_of_one_megabyte(log: Path, mk: str, shows: Shows) -> None:
    append(log, call(f"{mk}01", output="word " * 200_000) + call(f"{mk}02"))

    shows(1, 2)


def test_invalid_utf8_and_nul_bytes(log: Path, mk: str, shows: Shows) -> None:
    append(log, call(f"{mk}01").replace(b"Yes.", b"\xff\xfe\xc3("))
    append(log, b"\0\0\0\0" + call(f"{mk}02") + b"\xff\0\x9b31m\n" + call(f"{mk}03"))

    shows(1, 2, 3)


def test_a_hole_left_by_a_writer_with_a_stale_offset(log: Path, mk: str, shows: Shows) -> None:
    with log.open("r+b") as writer:
        writer.seek(1 << 28)
        os.truncate(log, 0)
        writer.write(call(f"{mk}01"))

    shows(1)


def test_fifteen_quick_rotations(log: Path, mk: str, shows: Shows) -> None:
    numbers = range(1, 16)
    for number in numbers:
        rotated = sorted(log.parent.glob(f"{log.name}.*"), key=lambda p: -int(p.suffix[1:]))
        for old in rotated:
            old.rename(f"{log}.{int(old.suffix[1:]) + 1}")
        log.rename(f"{log}.1")
        log.write_bytes(call(f"{mk}{number:02d}"))
        time.sleep(0.08)

    shows(*numbers)


def test_bad_json_between_good_lines(log: Path, mk: str, shows: Shows) -> None:
    append(log, call(f"{mk}01") + b'{"tailllm": 1, "ts": \nnot json\nnull\n[]\n42\n{}{}\n')
    append(log, b"[" * 100_000 + b"\n" + call(f"{mk}02"))

    shows(1, 2)


def test_a_modification_time_put_back(log: Path, mk: str, shows: Shows) -> None:
    before = log.stat()
    append(log, call(f"{mk}01"))
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))

    shows(1)


def test_ten_thousand_lines_at_once(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(call("MK-0000"))
    with tailllm(log, columns=100, rows=50) as terminal:
        terminal.wait_for(" 1 held")
        append(log, b"".join(call(f"MK-{n:04d}") for n in range(10_000)))

        terminal.wait_until(lambda screen: "MK-9999" in shown(screen), what="the last of 10,000")
        terminal.wait_for("10,001")


def test_a_swapped_symlink(tmp_path: Path) -> None:
    for name in ("blue", "green"):
        (tmp_path / name).mkdir()
    (tmp_path / "blue/calls.jsonl").write_bytes(call("MK-0000"))
    link = tmp_path / "current.jsonl"
    link.symlink_to("blue/calls.jsonl")
    with tailllm(link, columns=100, rows=50) as terminal:
        terminal.wait_until(lambda screen: shown(screen) == ["MK-0000"], what="the first call")
        (tmp_path / "green/calls.jsonl").write_bytes(call("MK-0001"))
        swap = tmp_path / "swap"
        swap.symlink_to("green/calls.jsonl")
        swap.replace(link)
        terminal.wait_until(lambda screen: "MK-0001" in shown(screen))
        append(tmp_path / "green/calls.jsonl", call("MK-0002"))

        terminal.wait_until(lambda screen: shown(screen) == ["MK-0000", "MK-0001", "MK-0002"])
