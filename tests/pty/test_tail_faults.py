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


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(call("MK-0000"))
    return path


@pytest.fixture
def terminal(log: Path) -> Iterator[Terminal]:
    with tailllm(log, columns=100, rows=50) as terminal:
        terminal.wait_until(
            lambda screen: "LIVE" in screen and shown(screen) == ["MK-0000"], what="the first call"
        )
        yield terminal


@pytest.fixture
def shows(terminal: Terminal) -> Shows:
    """Wait until exactly these calls are in the table, and see that they stay so."""

    def check(*markers: str) -> None:
        expected = ["MK-0000", *markers]
        sees(terminal, *expected)
        let_it_look()

        assert shown(terminal.screen()) == expected
        assert terminal.is_alive()

    return check


def shown(screen: str) -> list[str]:
    """The markers in the table, from top to bottom."""
    rows = [row for row in screen.splitlines() if re.search(r"\d\d:\d\d:\d\d.*gpt-4o", row)]
    return [marker for row in rows for marker in re.findall(r"MK-\d{4}", row)]


def test_an_appended_line(log: Path, shows: Shows) -> None:
    append(log, call("MK-0001"))

    shows("MK-0001")


def test_half_a_line_and_its_rest(log: Path, terminal: Terminal, shows: Shows) -> None:
    line = call("MK-0001")
    append(log, line[:40])
    let_it_look()
    append(log, line[40:])

    shows("MK-0001")


def test_renamed_and_created(log: Path, shows: Shows) -> None:
    append(log, call("MK-0001"))
    log.rename(f"{log}.1")
    log.write_bytes(call("MK-0002"))

    shows("MK-0001", "MK-0002")


def test_a_late_write_to_the_renamed_file(log: Path, terminal: Terminal, shows: Shows) -> None:
    log.rename(f"{log}.1")
    log.write_bytes(call("MK-0001"))
    sees(terminal, "MK-0000", "MK-0001")
    append(Path(f"{log}.1"), call("MK-0002"))

    shows("MK-0001", "MK-0002")


def test_copied_and_truncated(log: Path, terminal: Terminal, shows: Shows) -> None:
    append(log, call("MK-0001"))
    sees(terminal, "MK-0000", "MK-0001")
    Path(f"{log}.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, call("MK-0002"))

    shows("MK-0001", "MK-0002")


def test_truncated_and_refilled_bigger_at_once(log: Path, shows: Shows) -> None:
    os.truncate(log, 0)
    append(log, call("MK-0001") + call("MK-0002") + call("MK-0003"))

    shows("MK-0001", "MK-0002", "MK-0003")


def test_deleted_and_recreated(log: Path, shows: Shows) -> None:
    log.unlink()
    let_it_look()
    log.write_bytes(call("MK-0001"))

    shows("MK-0001")


def test_replaced_by_a_rename_over_it(log: Path, terminal: Terminal, shows: Shows) -> None:
    markers = ("MK-0000", "MK-0001", "MK-0002")
    for n in (1, 2):
        fresh = log.with_suffix(".tmp")
        fresh.write_bytes(call(markers[n]))
        fresh.replace(log)
        sees(terminal, *markers[: n + 1])

    shows(*markers[1:])


def test_a_line_of_one_megabyte(log: Path, shows: Shows) -> None:
    append(log, call("MK-0001", output="word " * 200_000) + call("MK-0002"))

    shows("MK-0001", "MK-0002")


def test_invalid_utf8_and_nul_bytes(log: Path, shows: Shows) -> None:
    append(log, call("MK-0001").replace(b"Yes.", b"\xff\xfe\xc3("))
    append(log, b"\0\0\0\0" + call("MK-0002") + b"\xff\0\x9b31m\n" + call("MK-0003"))

    shows("MK-0001", "MK-0002", "MK-0003")


def test_a_hole_left_by_a_writer_with_a_stale_offset(log: Path, shows: Shows) -> None:
    with log.open("r+b") as writer:
        writer.seek(1 << 28)
        os.truncate(log, 0)
        writer.write(call("MK-0001"))

    shows("MK-0001")


def test_fifteen_quick_rotations(log: Path, shows: Shows) -> None:
    markers = [f"MK-{n:04d}" for n in range(1, 16)]
    for marker in markers:
        rotated = sorted(log.parent.glob(f"{log.name}.*"), key=lambda p: -int(p.suffix[1:]))
        for old in rotated:
            old.rename(f"{log}.{int(old.suffix[1:]) + 1}")
        log.rename(f"{log}.1")
        log.write_bytes(call(marker))
        time.sleep(0.08)

    shows(*markers)


def test_bad_json_between_good_lines(log: Path, shows: Shows) -> None:
    append(log, call("MK-0001") + b'{"tailllm": 1, "ts": \nnot json\nnull\n[]\n42\n{}{}\n')
    append(log, b"[" * 100_000 + b"\n" + call("MK-0002"))

    shows("MK-0001", "MK-0002")


def test_a_modification_time_put_back(log: Path, shows: Shows) -> None:
    before = log.stat()
    append(log, call("MK-0001"))
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))

    shows("MK-0001")


def test_ten_thousand_lines_at_once(log: Path, terminal: Terminal) -> None:
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
