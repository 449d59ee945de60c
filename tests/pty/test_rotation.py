"""A session in a real terminal: ten cards by keys alone, the line drops, nothing is lost."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.pty.terminal import Terminal, tailllm
from tests.pty.test_tail_faults import call

pytestmark = pytest.mark.pty

CARDS = 10


def session(corpus: Path) -> tuple[list[str], dict[int, str]]:
    """The keys of the one deck, and what was said of each card."""
    (path,) = (corpus / "sessions").glob("*.jsonl")
    start, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    said = [line for line in lines if line["kind"] == "verdict"]
    places = [line["card"] for line in said]

    assert len(places) == len(set(places)), "a card was read twice"
    return [one["key"] for one in start["cards"]], {line["card"]: line["said"] for line in said}


def read(terminal: Terminal, place: int, key: str, told: str) -> None:
    terminal.send(key)
    terminal.wait_for(f"Card {place}: {told}.")


def rotation(log: Path, corpus: Path) -> Any:
    return tailllm(
        "rotation", log, "-n", str(CARDS), "--since", "all", "--who", "ana", "--corpus", corpus
    )


def test_a_session_interrupted_by_a_hang_up_goes_on_with_nothing_read_twice_and_nothing_lost(
    tmp_path: Path,
) -> None:
    log, corpus = tmp_path / "calls.jsonl", tmp_path / "corpus"
    log.write_bytes(b"".join(call(f"question {n} of the day") for n in range(40)))
    with rotation(log, corpus) as terminal:
        terminal.wait_for("card 1 of 10")
        read(terminal, 1, "a", "as expected")
        terminal.send("\x1b")
        terminal.wait_for("Was this what you would want?")
        read(terminal, 2, "s", "surprising")
        terminal.send("x")
        terminal.wait_for("what should have happened?")
        terminal.send("say no\r")
        terminal.wait_for("Card 3: wrong. In the inbox.")
        read(terminal, 4, " ", "skipped")
        terminal.kill(signal.SIGHUP)

        assert terminal.wait_for_exit() == 128 + signal.SIGHUP
    before = session(corpus)
    with rotation(log, corpus) as terminal:
        terminal.wait_for("Resumed: 4 of 10 done, 6 to go.")
        for place in range(5, CARDS + 1):
            read(terminal, place, "a", "as expected")
        screen = terminal.wait_for("what the session found")
        terminal.send("q")

        assert "read       9 of 10 cards, 1 skipped" in screen
        assert terminal.wait_for_exit() == 0
    keys, said = session(corpus)

    assert before == (keys, {0: "expected", 1: "surprising", 2: "wrong", 3: "skip"})
    assert len(set(keys)) == CARDS == len(said)
    assert {said[place] for place in range(4, CARDS)} == {"expected"}
    assert (corpus / "marks.jsonl").read_text().count('"note":"say no"') == 1


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_whatever_ends_it_the_words_given_are_kept(tmp_path: Path, number: signal.Signals) -> None:
    log, corpus = tmp_path / "calls.jsonl", tmp_path / "corpus"
    log.write_bytes(b"".join(call(f"question {n} of the day") for n in range(40)))
    for begun in range(0, CARDS, 2):
        with rotation(log, corpus) as terminal:
            terminal.wait_for(f"card {begun + 1} of 10")
            read(terminal, begun + 1, "a", "as expected")
            read(terminal, begun + 2, "s", "surprising")
            terminal.kill(number)
            terminal.wait_for_exit()

    assert len(session(corpus)[1]) == CARDS
