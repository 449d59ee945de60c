"""Every piece of the benchmark runs, on sizes too small to say anything."""

from pathlib import Path

import pytest
from bench.__main__ import size
from bench.lines import lines

from bench import goals


@pytest.mark.pty
@pytest.mark.long
def test_every_goal_is_measured_or_said_to_be_missing(tmp_path: Path) -> None:
    rows = list(goals.measure(tmp_path, size_bytes=300_000, rounds=1, quick=True))

    assert len(rows) >= 12
    assert all(row.goal and row.measured for row in rows)


def test_the_table_goes_where_the_document_has_room_for_it(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{goals.START}\nold\n{goals.END}\nafter\n")
    row = goals.Row("work", "at most 1.00x lnav", "0.50x", is_met=True)
    goals.publish(goals.table([row]), document)
    text = document.read_text()

    assert "| work | at most 1.00x lnav | 0.50x | yes |" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


@pytest.mark.parametrize("length_bytes", [435, 5_300, 51_000])
def test_lines_are_as_long_as_asked_and_the_same_for_a_seed(length_bytes: int) -> None:
    found = list(lines(20, length_bytes=length_bytes))

    assert found == list(lines(20, length_bytes=length_bytes))
    assert all(0.8 * length_bytes < len(one) < 1.2 * length_bytes for one in found)


@pytest.mark.parametrize(("text", "count"), [("100MB", 10**8), ("1 GB", 10**9), ("1.5k", 1500)])
def test_a_size_is_read_as_people_write_it(text: str, count: int) -> None:
    assert size(text) == count
