"""What is said of a bug quotes nothing that was being read."""

from pathlib import Path

import pytest

from tailllm import crash

SECRET = "sk-proj-T3stK3yT3stK3y"


def failing(text: str) -> BaseException:
    try:
        try:
            int(text)
        except ValueError as error:
            raise KeyError(text) from error
    except KeyError as error:
        return error
    raise AssertionError


def test_a_report_names_kinds_and_places_and_no_values() -> None:
    said = crash.report(failing(f"{SECRET}\x1b]0;x\x07"))

    assert "KeyError" in said
    assert "because of\nValueError" in said
    assert "test_crash.py:" in said
    assert SECRET not in said
    assert said.replace("\n", "").isprintable()


def test_what_the_system_said_is_kept_without_the_path() -> None:
    try:
        Path(f"/missing/{SECRET}").read_bytes()
    except OSError as error:
        said = crash.sentence(error)

    assert said.startswith("FileNotFoundError (No such file or directory) at ")
    assert SECRET not in said


@pytest.mark.parametrize(
    "kind", [ValueError, RecursionError, type("Odd\x1b[31m", (Exception,), {})]
)
def test_an_error_that_was_never_raised_can_be_reported(kind: type[Exception]) -> None:
    assert crash.sentence(kind(SECRET)).isprintable()
