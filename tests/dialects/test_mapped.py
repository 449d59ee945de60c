"""A house format is read by the paths that the config gives, before any other."""

import json
from pathlib import Path
from typing import Any

import pytest

from tailllm.config.dialects import DialectSpec
from tailllm.config.load import load
from tailllm.dialects.assembly import Assembler
from tailllm.dialects.guess import mapping_for
from tailllm.dialects.mapped import mapped
from tailllm.dialects.reader import Reader
from tailllm.errors import ConfigError
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject
from tests.dialects.test_hostile import STRANGE

PLAIN = {"match": "ev == 'ask'", "model": "m", "output": "said", "latency_s": "took"}


def read(spec: dict[str, str], *values: Any) -> list[Any]:
    reader = Reader("f", mapped({"till": DialectSpec(**spec)}))
    texts = [json.dumps(value).encode() for value in values]
    reader.settle(texts)
    places = [Address("f", n * 10_000, len(text)) for n, text in enumerate(texts)]
    return list(reader.take(list(map(RawLine, places, texts))))


def test_only_lines_that_match_are_calls() -> None:
    [[part], other] = read(PLAIN, {"ev": "ask", "said": "a"}, {"ev": "tick", "said": "b"})

    assert part.fields["output_text"] == "a"
    assert isinstance(other, Reject)


def test_a_mapping_goes_before_a_format_that_would_claim_the_line_too() -> None:
    [[part]] = read(PLAIN, {"tailllm": 1, "ev": "ask", "said": "mine", "output": "theirs"})

    assert (part.fields["format"], part.fields["output_text"]) == ("till", "mine")


def test_a_mapping_keeps_its_lines_in_a_file_of_another_format() -> None:
    mine = {"tailllm": 1, "ev": "ask", "said": "mine", "output": "theirs"}
    theirs = {"tailllm": 1, "output": "theirs"}
    found = read(PLAIN, theirs, theirs, mine, theirs)

    told = [part.fields["format"] for parts in found for part in parts]
    assert told == ["native", "native", "till", "native"]


def test_a_path_that_finds_nothing_says_nothing() -> None:
    [[part]] = read({**PLAIN, "input_tokens": "n.tokens"}, {"ev": "ask", "said": "a"})

    assert part.fields["usage"] == {}
    assert "latency_ms" not in part.fields


def test_a_failed_call_names_the_model_that_was_asked() -> None:
    [[part]] = read({**PLAIN, "error": "err"}, {"ev": "ask", "m": "x", "err": "Timeout: too slow"})

    assert (part.fields["status"], part.fields["request_model"]) == ("error", "x")
    assert part.fields["error_message"] == "too slow"


def test_lines_with_one_call_id_are_one_call() -> None:
    spec = {"match": "cid", "call_id": "cid", "messages": "asked", "output": "said", "time": "at"}
    found = read(spec, {"cid": "1", "asked": "q", "at": 1_795_348_800}, {"cid": "1", "said": "a"})
    shown = Assembler().add([part for parts in found for part in parts])

    assert len(shown) == 1
    assert (shown[0].fields["output_text"], shown[0].fields["state"]) == ("a", "done")
    assert shown[0].fields["start_time"] == 1_795_348_800


def test_the_latency_comes_from_start_and_end() -> None:
    [[part]] = read(
        {"match": "ev", "time": "a", "end_time": "b"},
        {"ev": 1, "a": 1_795_348_800, "b": 1_795_348_802.5},
    )

    assert part.fields["latency_ms"] == 2_500


def test_raw_bodies_are_read_by_one_path() -> None:
    body = {"id": "c", "object": "chat.completion", "choices": [{"message": {"content": "a"}}]}
    [[part]] = read({"match": "r", "response": "r.body"}, {"r": {"body": body}})

    assert (part.fields["response_id"], part.fields["output_text"]) == ("c", "a")


@pytest.mark.parametrize(
    "match", ["x", "length(x) > `1`", "x[0].y == 'a'", "sort_by(x, &y)", "max(x)"]
)
def test_any_value_under_any_path_is_survived(match: str) -> None:
    paths = {name: "x" for name in DialectSpec.model_fields if name != "match"}
    values = [{"x": value} for value in STRANGE]

    for spec in ({"match": match}, {"match": match} | paths):
        assert len(read(spec, *values)) == len(values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[dialects.a]\nmatch = 'x['\n", "dialects.a.match"),
        ("[dialects.a]\nmatch = 'x'\nmodel = 'a..b'\n", "dialects.a.model"),
        ("[dialects.a]\nmodel = 'x'\n", "dialects.a.match: is missing"),
        ("[dialects.a]\nmatch = 'x'\nmodle = 'x'\n", "dialects.a.modle: unknown key"),
        ("[dialects]\na = 3\n", "dialects.a"),
    ],
)
def test_a_mistake_in_a_mapping_names_the_key_and_a_fix(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "tailllm.toml").write_text(text)

    with pytest.raises(ConfigError) as refused:
        load(None, cwd=tmp_path, environ={})

    assert says in refused.value.what
    assert refused.value.fix
    assert "modle" not in says or '"model"' in refused.value.fix


def house(number: int, *, call: bool) -> dict[str, Any]:
    if not call:
        return {"ev": "tick", "at": 1_795_348_800 + number, "n": number}
    bot = {
        "name": "x",
        "model": "m",
        "asked": "q?",
        "said": f"a{number}",
        "use": {"in": 9, "out": 2},
    }
    return {"ev": "ask", "at": 1_795_348_800 + number, "took": 0.5, "my bot": bot}


def test_a_guessed_mapping_reads_the_log_it_was_guessed_from(tmp_path: Path) -> None:
    lines = [house(n, call=n % 3 == 0) for n in range(30)]
    text = mapping_for("mine", [json.dumps(line).encode() for line in lines])
    assert text is not None
    (tmp_path / "tailllm.toml").write_text(text)
    spec = load(None, cwd=tmp_path, environ={}).dialects["mine"]
    parts: list[Part] = [
        part for one in read(spec.model_dump(exclude_none=True), *lines)
        if not isinstance(one, Reject) for part in one
    ]  # fmt: skip

    assert [part.fields["output_text"] for part in parts] == [f"a{n}" for n in range(0, 30, 3)]
    assert all(part.fields["usage"] == {"input_tokens": 9, "output_tokens": 2} for part in parts)
    assert all(part.fields["latency_ms"] == 500 for part in parts)


def test_a_model_is_guessed_by_its_name_and_short_keys_by_their_values() -> None:
    line = {"t": 1_795_348_800, "m": "claude-sonnet-4-5", "q": "Why?", "a": "So.", "dur_s": 0.5}

    text = mapping_for(
        "mine", [json.dumps(line | {"tok_in": n, "evt": "ask"}).encode() for n in range(3)]
    )
    assert text is not None
    assert text.splitlines()[1:] == [
        "[dialects.mine]",
        "match = \"evt == 'ask'\"",
        'time = "t"',
        'latency_s = "dur_s"',
        'model = "m"',
        'messages = "q"',
        'output = "a"',
        'input_tokens = "tok_in"',
    ]


def test_nothing_is_guessed_where_no_line_looks_like_a_call() -> None:
    lines = [json.dumps(house(n, call=False)).encode() for n in range(9)]

    assert mapping_for("mine", [*lines, b"INFO started"]) is None
