"""What a child costs is its own, whoever measures it."""

import sys
from pathlib import Path

from bench import measure


def test_the_memory_of_a_child_is_its_own_however_large_we_are() -> None:
    ours = bytearray(100_000_000)
    cost = measure.child([sys.executable, "-I", "-S", "-c", "import sys; sys.exit('no')"])

    assert len(ours) > 1e6 * cost.peak_mb
    assert (cost.code, cost.said.strip()) == (1, "no")
    assert 0 < cost.cpu_s <= cost.wall_s * 1.1


def test_a_folder_that_is_missing_is_made_for_the_logs(tmp_path: Path) -> None:
    with measure.room(tmp_path / "not" / "there") as folder:
        (folder / "calls.jsonl").touch()

    assert list((tmp_path / "not" / "there").iterdir()) == []
