"""`tailllm demo | cat`: a few seconds, then the summary of the whole incident."""

import os
import subprocess
import sys
from pathlib import Path

import tailllm

SOURCE = str(Path(tailllm.__file__).parents[1])


def demo(temp: Path, *argv: str) -> "subprocess.CompletedProcess[str]":
    temp.mkdir()
    return subprocess.run(
        [sys.executable, "-m", "tailllm", "demo", *argv],
        env=os.environ | {"PYTHONPATH": SOURCE, "TMPDIR": str(temp)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_terminal_the_incident_is_summed_up(tmp_path: Path) -> None:
    done = demo(tmp_path / "temp", "--seconds", "0.5")
    rows = {row.split()[0]: row.split()[1:] for row in done.stdout.split("\n") if row.split()}

    assert done.returncode == 0
    assert done.stderr.startswith("This is made-up traffic.")
    assert int(rows["calls"][0].replace(",", "")) > 3_000
    assert int(rows["json_schema"][1]) > 50
    assert "\x1b" not in done.stdout


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    demo(tmp_path / "temp", "--seconds", "0")

    assert list((tmp_path / "temp").iterdir()) == []


def test_a_config_that_is_not_there_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = demo(tmp_path / "temp", "--seconds", "0", "--config", "nowhere.toml")

    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr
