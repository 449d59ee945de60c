"""A past log on the screens, as if live."""

from pathlib import Path

import pytest

from tests.pty.terminal import tailllm

INCIDENT = Path(__file__).parents[2] / "sample_logs/incident.jsonl"


@pytest.mark.pty
@pytest.mark.long
def test_a_replay_runs_on_the_screens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    options = ("--speed", "100x", "--from", "12:00:30")

    with tailllm("replay", INCIDENT, *options, env={"TMPDIR": str(folder)}) as terminal:
        terminal.wait_for("523 held")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert list(folder.iterdir()) == []
