"""The questions of the benchmark are answered, and the longest can be given up."""

from pathlib import Path

import pytest

from bench import questions


@pytest.mark.long
def test_every_question_is_asked_and_its_time_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions.run(tmp_path, 3_000, 1, publish=False)
    text = capsys.readouterr().out

    assert text.count(" ms |") >= 18
    assert "given up: ended after" in text
