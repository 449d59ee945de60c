"""The row that says how far a command is: over itself, and in plain characters."""

import pytest

from tailllm.cli.output import progress

WIDTH = 30


def test_a_shorter_row_covers_the_one_before_without_an_escape_sequence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))

    for text in ("searching " * 9, "found", ""):
        progress(text)

    rows = capsys.readouterr().err.split("\r")[1::2]
    assert [(row.strip(), len(row)) for row in rows] == [
        ("searching searching searching", WIDTH - 1),
        ("found", WIDTH - 1),
        ("", WIDTH - 1),
    ]
