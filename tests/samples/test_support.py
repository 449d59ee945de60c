"""The sample assistant: its corpus is whole, and its fake model speaks the API."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tailllm.corpus.cases import load_cases

SUPPORT = Path(__file__).parents[2] / "examples" / "support"


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


def test_every_case_of_the_sample_loads_under_its_own_name() -> None:
    loaded = load_cases(SUPPORT / "corpus")

    assert loaded.problems == ()
    assert len(loaded.cases) >= 60
    assert all(loaded.paths[case.id].stem == case.id for case in loaded.cases)
    assert all(case.id.endswith(case.content_id[:6]) for case in loaded.cases)


def test_the_sample_covers_the_long_tail() -> None:
    tags = {tag for case in load_cases(SUPPORT / "corpus").cases for tag in case.tags}

    assert {"all-caps", "several-questions", "french", "injection", "tools"} <= tags
