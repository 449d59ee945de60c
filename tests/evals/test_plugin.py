"""The cases as tests of pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evals.conftest import Place, Serve, said

SOURCE = str(Path(__file__).parents[2] / "src")


def pytest_run(place: Place, *argv: str) -> tuple[int, str]:
    options = ["-p", "tailllm.evals.pytest_plugin", "-p", "no:cacheprovider", "-rA", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "corpus", *argv],
        cwd=place.folder,
        env=os.environ | {"PYTHONPATH": SOURCE, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def broken(place: Place, serve: Serve) -> Place:
    """Three cases; the prompt has been edited, and one broke."""

    def answer(body: dict) -> str:
        quick = "quick" in body["messages"][0]["content"]
        return "has been issued" if quick and said(body) == "Refund now" else "Soon."

    serve(answer)
    for title in ("Refund now", "Refund later", "Thanks"):
        place.case(title)
    place.settle()
    place.prompt.write_text("Be quick, {{name}}.")
    place.run("eval", "--live")
    return place


def test_pytest_names_the_case_that_broke_and_shows_why(broken: Place) -> None:
    code, out = pytest_run(broken)

    assert code == 1
    assert "FAILED corpus/cases/refund-now.toml::refund-now" in out
    assert "not_contains: contains 'has been issued' at character 1" in out
    assert "2 passed" in out


@pytest.mark.long
def test_k_chooses_cases_and_a_stale_recording_is_an_error(broken: Place) -> None:
    broken.prompt.write_text("Another, {{name}}.")

    code, out = pytest_run(broken, "-k", "thanks")

    assert code == 1
    assert "ERROR corpus/cases/thanks.toml::thanks" in out
    assert "its recording is stale" in out
    assert "1 error" in out
    assert "refund" not in out
