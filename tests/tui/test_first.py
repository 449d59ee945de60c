"""The newest calls are on the screen before the screens are loaded."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text

from tailllm.config.load import dialect_tables
from tailllm.config.model import Config
from tailllm.dialects.catalog import DIALECTS
from tailllm.feed.feed import Feed
from tailllm.feed.peek import newest
from tailllm.records.row import Row
from tailllm.sources.follow import Follower
from tailllm.tui.first import BAD, frame
from tests.feed.conftest import native
from tests.wait import wait_until


def plain(line: str) -> str:
    return Text.from_ansi(line).plain


def test_the_newest_calls_are_there_oldest_first(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(b"".join(native(n) for n in range(500)))

    follower = Follower([str(log)])
    rows = newest(follower, 5)
    follower.close()

    assert [row.preview for row in rows] == [f"question {n}" for n in range(495, 500)]


def test_what_was_shown_is_not_lost_when_the_log_is_rotated_before_the_screens_are_up(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(native(1))
    follower = Follower([str(log)])
    shown = newest(follower, 5)

    log.rename(tmp_path / "calls.jsonl.1")
    log.write_bytes(native(2))
    feed = Feed([str(log)], Config(), follower=follower)
    feed.load()
    wait_until(lambda: (feed.step(), len(feed.window) == 2)[1])
    held = [row.preview for _, row in feed.window.slice(feed.window.first, feed.window.end)]
    feed.close()

    assert [row.preview for row in shown] == ["question 1"]
    assert held == ["question 1", "question 2"]


def test_a_path_that_is_not_there_yet_gives_an_empty_list(tmp_path: Path) -> None:
    follower = Follower([str(tmp_path / "later.jsonl")])

    assert newest(follower, 5) == []
    follower.close()


def test_a_failing_call_has_its_glyph_and_its_colour(make_row: Callable[..., Row]) -> None:
    rows = [make_row(), make_row(verdicts=(("json", "failed"),))]

    good, bad = frame(["a.jsonl"], rows, 80, bad=BAD)[-2:]

    assert "✗" in plain(bad)
    assert "✗" not in plain(good)
    assert bad.startswith(BAD)


def test_no_byte_of_a_log_or_a_name_acts_on_the_terminal(make_row: Callable[..., Row]) -> None:
    row = make_row(preview="\x1b]0;owned\x07\u202e", model="\x9b31m", error_type="\x1b[2J")

    text = "".join(frame(["a\x1b[2J.jsonl"], [row], 80, bad=BAD))

    assert "\x1b]" not in text
    assert "\x07" not in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


def test_every_line_fits_the_terminal(make_row: Callable[..., Row]) -> None:
    rows = [make_row(preview="注文番号 " * 30, prompt_name="p" * 80)]

    for width in (40, 80, 160):
        assert all(
            cell_len(plain(line)) <= width for line in frame(["x" * 99], rows, width, bad=BAD)
        )


def test_the_first_frame_loads_neither_the_screens_nor_the_ledger(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(native(1))
    code = (
        "import sys; from tailllm.feed.peek import newest; from tailllm.tui import first\n"
        "rows = newest(first.Follower(sys.argv[1:]), 9); import json; print(json.dumps([len(rows), *sys.modules]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(log)], capture_output=True, text=True, check=True
    )
    count, *modules = json.loads(done.stdout)

    assert count == 1
    assert not {"textual", "duckdb", "pydantic", "httpx", "asyncio", "msgspec"} & set(modules)


def test_the_first_frame_loads_no_dialect_that_the_file_does_not_need(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(native(1))
    code = (
        "import sys; from tailllm.feed.peek import newest; from tailllm.tui import first\n"
        "newest(first.Follower(sys.argv[1:]), 9); print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(log)], capture_output=True, text=True, check=True
    )
    of_other_formats = {f"tailllm.dialects.{module}" for module, _ in DIALECTS[1:]}

    assert not of_other_formats & set(done.stdout.split())


HOUSE = """
[dialects.till]
match = "event == 'ask'"
messages = "asked"
output = "said"

[dialects.broken]
match = "(("
"""


def test_the_first_frame_knows_the_formats_of_the_config(tmp_path: Path) -> None:
    log, config = tmp_path / "calls.jsonl", tmp_path / "tailllm.toml"
    log.write_text('{"event": "ask", "asked": "where is my bike", "said": "at the gate"}\n')
    config.write_text(HOUSE)
    follower = Follower([str(log)])

    rows = newest(follower, 5, dialect_tables(None, cwd=tmp_path, environ={}), arrived=9e8)
    follower.close()

    assert [(row.format, row.preview) for row in rows] == [("till", "where is my bike")]
    assert [row.at for row in rows] == [9e8]


@pytest.mark.parametrize("text", ["", "dialects = 3", "[dialects]\nx = 1", "no toml", "\x00"])
def test_a_config_that_makes_no_sense_leaves_the_first_frame_as_it_is(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "tailllm.toml").write_text(text)

    assert dialect_tables(None, cwd=tmp_path, environ={}) == {}
    assert dialect_tables("gone.toml", cwd=tmp_path, environ={}) == {}
