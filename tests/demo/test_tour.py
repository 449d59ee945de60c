"""The tour: a private log that grows, and nothing left behind but marks."""

import errno
import json
import os
import tempfile
import time
from pathlib import Path

import pytest

from tailllm.demo import tour
from tailllm.demo.traffic import Traffic
from tailllm.demo.writer import Writer
from tailllm.errors import SourceError
from tests.conftest import NOON
from tests.wait import wait_until


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(tour, "HISTORY_S", 20.0)
    return folder


def calls(path: Path) -> list[dict[str, object]]:
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def test_the_first_screen_is_full_and_more_comes() -> None:
    def show(stage: tour.Stage) -> int:
        history = len(calls(stage.log))
        wait_until(lambda: len(calls(stage.log)) > history + 2)

        assert history > 20
        return 7

    assert tour.run(show) == 7


def test_the_log_is_for_its_reader_only() -> None:
    def show(stage: tour.Stage) -> int:
        assert stage.log.stat().st_mode & 0o777 == 0o600
        assert stage.log.parent.stat().st_mode & 0o777 == 0o700
        return 0

    tour.run(show)


def test_nothing_is_left_behind(temp: Path) -> None:
    tour.run(lambda stage: 0)

    assert list(temp.iterdir()) == []


def test_nothing_is_left_behind_when_the_screen_fails(temp: Path) -> None:
    def show(stage: tour.Stage) -> int:
        raise ValueError("a bug on the screen")

    with pytest.raises(ValueError, match="a bug"):
        tour.run(show)

    assert list(temp.iterdir()) == []


def mark(stage: tour.Stage, *lines: object) -> None:
    stage.corpus.mkdir()
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (stage.corpus / "marks.jsonl").write_text(text, encoding="utf-8")


def test_marks_stay_and_the_reader_is_told_where(
    temp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def show(stage: tour.Stage) -> int:
        mark(stage, *({"kind": "mark", "mark_id": n} for n in "abb"))
        return 0

    tour.run(show)
    kept = list(temp.rglob("*.jsonl"))
    said = capsys.readouterr()

    assert [path.name for path in kept] == ["marks.jsonl"]
    assert f"You kept 2 calls: {kept[0]}" in said.err
    assert said.out == ""


def test_marks_taken_back_are_not_kept(temp: Path) -> None:
    def show(stage: tour.Stage) -> int:
        mark(stage, {"kind": "mark", "mark_id": "a"}, {"kind": "unmark", "mark_id": "a"})
        return 0

    tour.run(show)

    assert list(temp.iterdir()) == []


def test_a_mark_that_cannot_be_read_is_not_thrown_away(temp: Path) -> None:
    def show(stage: tour.Stage) -> int:
        stage.corpus.mkdir()
        (stage.corpus / "marks.jsonl").write_bytes(b'{"kind": "mark", "ma\n')
        return 0

    tour.run(show)

    assert len(list(temp.rglob("marks.jsonl"))) == 1


def test_without_a_terminal_the_traffic_runs_a_while_first() -> None:
    def show(stage: tour.Stage) -> int:
        return len(calls(stage.log))

    assert tour.run(show, seconds=1.5) > tour.run(show)


def test_a_late_comer_finds_the_incident_in_the_log() -> None:
    def show(stage: tour.Stage) -> int:
        return sum("error" in call for call in calls(stage.log))

    assert tour.run(show, into_s=150) > 20


def test_no_room_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")

    with pytest.raises(SourceError) as refused:
        tour.run(lambda stage: 0)

    assert "TMPDIR" in refused.value.fix


def test_a_full_disk_stops_the_story_and_not_the_reader(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(file: int, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def show(stage: tour.Stage) -> int:
        size = stage.log.stat().st_size
        monkeypatch.setattr(os, "write", full)
        time.sleep(0.3)
        monkeypatch.undo()

        assert stage.log.stat().st_size <= size + 20_000
        return 0

    assert tour.run(show) == 0
    assert "stopped early: No space left on device" in capsys.readouterr().err


def test_the_writer_writes_whole_lines_when_they_are_due(tmp_path: Path) -> None:
    now = NOON + 10
    story = list(Traffic(7, start=NOON, end_s=30))
    writer = Writer(tmp_path / "log", story, lambda: now)
    written = writer.catch_up()
    writer.close()

    assert written == sum(told.at <= now for told in story)
    assert len(calls(tmp_path / "log")) == written


def test_the_writer_touches_no_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("mine")

    with pytest.raises(FileExistsError):
        Writer(tmp_path / "log", [], time.time)
