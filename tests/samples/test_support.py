"""The sample assistant: its corpus is whole, and its fake model speaks the API."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tailllm.corpus.cases import load_cases
from tests.pty.terminal import tailllm

SUPPORT = Path(__file__).parents[2] / "examples" / "support"
BROKEN = (
    "a-list-of-questions-from-a-company",
    "three-questions-in-capitals",
    "three-questions-in-french",
)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The fake model on a free port."""
    server = subprocess.Popen(
        [sys.executable, SUPPORT / "fake_model.py", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    yield server.stdout.readline().strip()
    server.kill()
    server.wait()
    server.stdout.close()


def test_the_fake_model_answers_as_the_api_does(endpoint: str) -> None:
    prompt = (SUPPORT / "prompts" / "support.md").read_text()
    said = [{"role": "system", "content": prompt}, {"role": "user", "content": "I want a refund"}]
    request = urllib.request.Request(
        f"{endpoint}/chat/completions", json.dumps({"messages": said}).encode()
    )

    with urllib.request.urlopen(request) as response:
        answer = json.load(response)

    message = json.loads(answer["choices"][0]["message"]["content"])
    assert message["intent"] == "refund"
    assert "3 to 5 working days" in message["reply"]
    assert answer["usage"]["completion_tokens"] > 0


@pytest.fixture
def copy(tmp_path: Path, endpoint: str) -> Path:
    """The sample in a folder of its own, over the model on its free port."""
    folder = tmp_path / "support"
    shutil.copytree(SUPPORT, folder, ignore=shutil.ignore_patterns("__pycache__", "runs"))
    config = folder / "tailllm.toml"
    config.write_text(config.read_text().replace("http://127.0.0.1:8321/v1", endpoint))
    return folder


def evaluate(folder: Path, home: Path, *words: str) -> int:
    return command(["eval", *words], Host(folder, {"HOME": str(home)}, time.time))


def test_the_bad_edit_breaks_three_cases_by_name_and_mends_one(
    copy: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_it_is = evaluate(copy, home)
    prompt = copy / "prompts" / "support.md"
    good = prompt.read_text()
    prompt.write_text((copy / "prompts" / "support.shorter.md").read_text())
    stale = evaluate(copy, home)
    capsys.readouterr()
    edited, told = evaluate(copy, home, "--live"), capsys.readouterr().out
    prompt.write_text(good)
    reverted = evaluate(copy, home, "--live")

    broke, mended = told.partition("MENDED 1")[0], told.partition("MENDED 1")[2]
    assert (as_it_is, stale, edited, reverted) == (0, 3, 1, 0)
    assert told.startswith("BROKE 3\n")
    assert all(name in broke for name in BROKEN)
    assert "answer-for-the-text-message-channel-is-short" in mended


@pytest.mark.pty
def test_a_live_row_becomes_a_failing_test_in_three_keys(copy: Path, home: Path) -> None:
    prompt = (copy / "prompts" / "support.md").read_text()
    said = [{"role": "system", "content": prompt}, {"role": "user", "content": "where is bw-70707"}]
    answer = {
        "intent": "status",
        "reply": "Delivery takes 2 to 4 working days in the country and 5 to 9 to the rest of Europe.",
    }
    line = {
        "tailllm": 1,
        "ts": "2026-11-22T12:00:00Z",
        "id": "chatcmpl-1",
        "prompt": {"name": "support", "version": "v6"},
        "messages": said,
        "output": json.dumps(answer),
    }
    (copy / "calls.jsonl").write_text(json.dumps(line) + "\n")
    with tailllm("calls.jsonl", cwd=copy) as terminal:
        terminal.wait_for(" 1 held")
        terminal.send("m")
        terminal.wait_for("Marked, in")
        terminal.send("3")
        terminal.wait_for("1 of 1 to triage")
        terminal.send("a")
        terminal.wait_for("Accepted as where-is-bw-70707-")
        terminal.send("q")
        terminal.wait_for(" 1 held")

    with tailllm("eval", "--live", "bw-70707", cwd=copy) as terminal:
        code = terminal.wait_for_exit()

        assert "the answer that was marked has come back" in terminal.screen()
        assert code == 1


@pytest.mark.long
def test_the_demo_shows_it_and_ends_well() -> None:
    done = subprocess.run(
        [sys.executable, SUPPORT / "demo.py"],
        env=os.environ | {"PYTHONPATH": str(SUPPORT.parents[1] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "BROKE 3" in done.stdout


def test_every_case_of_the_sample_loads_under_its_own_name() -> None:
    loaded = load_cases(SUPPORT / "corpus")

    assert loaded.problems == ()
    assert len(loaded.cases) >= 60
    assert all(loaded.paths[case.id].stem == case.id for case in loaded.cases)
    assert all(case.id.endswith(case.content_id[:6]) for case in loaded.cases)


def test_the_sample_covers_the_long_tail() -> None:
    tags = {tag for case in load_cases(SUPPORT / "corpus").cases for tag in case.tags}

    assert {"all-caps", "several-questions", "french", "injection", "tools"} <= tags
