"""From a live row to a case on disk, in a real terminal."""

import tomllib
from pathlib import Path

import pytest

from tests.pty.terminal import tailllm
from tests.pty.test_tail_faults import call

pytestmark = pytest.mark.pty


@pytest.mark.long
def test_a_case_is_on_disk_before_it_is_called_accepted(tmp_path: Path) -> None:
    log, corpus = tmp_path / "calls.jsonl", tmp_path / "corpus"
    log.write_bytes(b"".join(call(f"CASE-{n:04d}") for n in range(3)))
    with tailllm(log, "--corpus", corpus) as terminal:
        terminal.wait_for(" 3 held")
        terminal.send("m")
        terminal.wait_for("Marked, in")
        terminal.send("3")
        terminal.wait_for("1 of 1 to triage")
        terminal.send("a")
        screen = terminal.wait_for("Accepted as")
        (case,) = (corpus / "cases").glob("*.toml")

        assert "0 of 1 to triage" in screen or terminal.wait_for("0 of 1 to triage")
        terminal.send("q")
        terminal.wait_for(" 3 held")

    found = tomllib.loads(case.read_text())
    assert [turn["content"] for turn in found["messages"]] == ["CASE-0002"]
    assert found["expect"][-1]["type"] == "not_observed"


@pytest.mark.long
def test_keys_typed_faster_than_the_screen_opens_are_not_lost(tmp_path: Path) -> None:
    log, corpus = tmp_path / "calls.jsonl", tmp_path / "corpus"
    log.write_bytes(b"".join(call(f"FAST-{n:04d}") for n in range(3)))
    with tailllm(log, "--corpus", corpus) as terminal:
        terminal.wait_for(" 3 held")
        terminal.send("m")
        terminal.wait_for("Marked, in")
        terminal.send("k")
        terminal.wait_for("PAUSED")
        terminal.send("m")
        terminal.wait_until(lambda _: (corpus / "marks.jsonl").read_bytes().count(b"\n") == 2)
        terminal.send("3")
        terminal.wait_for("2 of 2 to triage")
        terminal.send("aa")
        terminal.wait_for("0 of 2 to triage")
        terminal.send("q")
        terminal.send("q")

        assert terminal.wait_for_exit() == 0
    assert len(list((corpus / "cases").glob("*.toml"))) == 2
