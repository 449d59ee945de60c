"""`tailllm rotation` without a screen: what was read, and what it refuses."""

import json
from pathlib import Path

import pytest

from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Sessions
from tests.cli.conftest import NATIVE, Run


@pytest.fixture
def read(tmp_path: Path) -> Path:
    """A corpus in which one session was held, with one card left."""
    corpus = tmp_path / "corpus"
    sessions = Sessions(corpus, by="ana", host="prod-3", version="0.1")
    cards = [
        Card(f"resp:{n}", f"id-{n}", "random", asked=f"question {n}", prompt="billing@v15")
        for n in range(4)
    ]
    with sessions.drawing():
        session = sessions.start(cards, seed=7, mix={"random": 4}, period_s=None, population=99)
    for place, said in enumerate(("expected", "wrong", "skip")):
        sessions.say(session, place, said, note="\x1b[31mno" if said == "wrong" else None)
    return corpus


def test_the_summary_of_past_sessions_is_text_for_a_chat(run: Run, read: Path) -> None:
    found = run("rotation", "--summary", "--corpus", read)

    assert found.code == 0
    assert "ana     2   4    1     1" in found.out
    assert "Rotation: read 2 of 4 cards, 1 skipped, by ana 2" in found.out
    assert "50% (1 of 2 drawn at random; 95% sure of 9% to 91%)" in found.out
    assert "billing@v15, no check ran, 1 call: ␛[31mno" in found.out
    assert "\x1b" not in found.out


def test_the_same_for_machines_with_every_week(run: Run, read: Path) -> None:
    found = json.loads(run("rotation", "--summary", "--json", "--corpus", read).raw)

    assert found["sessions"][0] | {"id": "", "began": ""} == {
        "id": "", "began": "", "by": "ana", "seed": 7, "mix": {"random": 4}, "population": 99,
        "cards": 4, "read": 2, "odd": 1, "left": 1, "ended": False,
    }  # fmt: skip
    assert found["summary"]["surprise"]["part"] == 1
    assert found["weeks"][0]["readers"] == 1


def test_no_session_yet_is_no_answer(run: Run, tmp_path: Path) -> None:
    found = run("rotation", "--summary", "--corpus", tmp_path / "corpus")

    assert found.code == 3
    assert "`tailllm rotation PATH` begins one" in found.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no log is named"),
        ([NATIVE], "a deck is read in a terminal"),
        ([NATIVE, "-n", "0"], "Write a number from 1"),
        ([NATIVE, "--mix", "odd=3"], "is no share of a deck"),
        ([NATIVE, "--since", "yesterday"], "yesterday"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(run: Run, words: list[str], said: str) -> None:
    found = run("rotation", *words)

    assert found.code == 2
    assert said in found.err
    assert found.err.count("\n") == 1
