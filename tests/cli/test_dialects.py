"""`tailllm dialects` says what each file was taken for, why, and what came out of it."""

import json
from pathlib import Path

from tests.cli.conftest import NATIVE, Run

HOUSE = [
    {"ev": "tick", "at": 1_795_348_700, "note": "\x1b[2J"},
    {
        "ev": "ask",
        "at": 1_795_348_800,
        "took": 1.5,
        "model": "m",
        "said": "Yes.",
        "usage": {"in": 9},
    },
    {
        "ev": "ask",
        "at": 1_795_348_801,
        "took": 0.5,
        "model": "m",
        "said": "No.",
        "usage": {"in": 8},
    },
]


def write(file: Path) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in HOUSE))
    return file


def test_a_known_file_says_its_format_its_sign_and_its_counts(run: Run, here: Path) -> None:
    (here / "calls.jsonl").write_bytes(NATIVE.read_bytes() + b"INFO started\n{}\n")
    done = run("dialects", "calls.jsonl")

    assert done.code == 0
    assert "calls.jsonl: native\n" in done.out
    assert "The key `tailllm`" in done.out
    assert "26 calls, 1 other lines, 1 unreadable lines" in done.out


def test_an_unknown_file_gets_a_mapping_that_reads_it(run: Run, here: Path) -> None:
    write(here / "house.log")
    [found] = run("dialects", "house.log", "--json").objects
    (here / "tailllm.toml").write_text(found["mapping"])
    calls = run("calls", "house.log").objects

    assert (found["format"], found["calls"], found["other_lines"]) == (None, 0, 3)
    assert [(call["format"], call["output_text"], call["latency_ms"]) for call in calls] == [
        ("house", "Yes.", 1_500.0),
        ("house", "No.", 500.0),
    ]


def test_each_file_is_an_object_of_its_own(run: Run, here: Path) -> None:
    write(here / "house.log")
    (here / "calls.jsonl").write_bytes(NATIVE.read_bytes())
    (here / "page.json").write_text(json.dumps({"a": [1, 2]}, indent=1))
    found = run("dialects", ".", "--json").objects

    assert [file["format"] for file in found] == ["native", None, "a JSON document"]
    assert found[2]["reasons"] == {"a JSON document over many lines, no log": 1}
    assert [file["calls"] for file in found] == [26, 0, 0]


def test_a_missing_file_is_refused(run: Run) -> None:
    assert run("dialects", "nowhere.log").code == 3


def test_a_wrong_path_in_the_config_is_one_sentence_with_a_fix(run: Run, here: Path) -> None:
    (here / "tailllm.toml").write_text('[dialects.x]\nmatch = "a["\n')
    done = run("dialects", NATIVE)

    assert done.code == 2
    assert "dialects.x.match" in done.err
