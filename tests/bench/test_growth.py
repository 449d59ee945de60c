"""Cost against size is measured by itself, from the first log to the table in the docs."""

import json
from pathlib import Path

import pytest

from bench import goals, growth

POINTS = [
    growth.Point("bytes in one file", "10 MB", 10**7, 0.5, 0.1, 60.0),
    growth.Point("bytes in one file", "1,000 MB", 10**9, 5.0, None, 130.0),
]


def test_each_call_of_a_pile_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "BLOCK_BYTES", 5_000)
    count = growth.pile(tmp_path / "log", 20_000, length_bytes=growth.SHORT_BYTES)
    calls = [json.loads(line) for line in (tmp_path / "log").read_bytes().splitlines()]

    assert len({call["id"] for call in calls}) == len(calls) == count > 40
    assert (tmp_path / "log").stat().st_size == pytest.approx(20_000, rel=0.2)


def test_the_measured_go_into_the_docs_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, drawn = tmp_path / "performance.md", tmp_path / "growth.svg"
    document.write_text(f"before\n{growth.START}\nold\n{growth.END}\nafter\n")
    monkeypatch.setattr(growth, "PICTURE", drawn)
    monkeypatch.setattr(goals, "DOCUMENT", document)
    monkeypatch.setattr(growth, "points", lambda *_, **__: iter(POINTS))
    growth.run(tmp_path, large=False, publish=False)
    assert (drawn.exists(), "old" in document.read_text()) == (False, True)
    growth.run(tmp_path, large=False, publish=True)

    assert "| bytes in one file | 1,000 MB | 1,000 MB | 5.00 s | 200 MB/s | - | 130 MB |" in (
        document.read_text()
    )
    assert drawn.read_text().startswith("<svg")


@pytest.mark.pty
@pytest.mark.timeout(180)
@pytest.mark.long
def test_every_size_is_written_asked_and_removed(tmp_path: Path) -> None:
    found = list(growth.points(tmp_path, large=True, part=1_000))

    assert [point.label for point in found][-2:] == ["1 M calls", "10 M calls"]
    assert all(point.first_s for point in found)
    assert not list(tmp_path.glob("*.jsonl"))
