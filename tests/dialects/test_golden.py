"""Every sample file comes to the calls, and the values, that its EXPECTED.json lists."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.expectations import NOTHING, differences, pair
from tests.dialects.reading import SAMPLES, Reading, raw_lines, read, read_file

FILES = sorted(
    folder / name
    for folder in SAMPLES.iterdir()
    for name in json.loads((folder / "EXPECTED.json").read_text())
)


PNG = "iVBORw0KGgo"
"""How every PNG begins in base64."""


def expected_of(path: Path) -> dict[str, Any]:
    return json.loads((path.parent / "EXPECTED.json").read_text())[path.name]


def in_log(path: Path) -> list[dict[str, Any]]:
    return [call for call in expected_of(path)["calls"] if call.get("in_log", True)]


UNTOLD = json.loads((Path(__file__).parent / "untold.json").read_text())
"""What a file has no place for, as numbers of calls, and what it has in other words."""


@pytest.fixture(params=FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_call_is_there_and_none_twice(path: Path) -> None:
    calls = read_file(path).calls()

    assert len(calls) == expected_of(path)["calls_in_log"]
    assert len({call.key for call in calls}) == len(calls)


CARRIED = {
    "app_logs/python_json_logger.jsonl": (None, "openai_chat", "llm_call"),
    "app_logs/structlog.jsonl": (None, "app_logs", "llm"),
    "app_logs/loguru.jsonl": (None, "app_logs", "record.extra.call"),
    "app_logs/message_string.jsonl": (None, "app_logs", "message"),
    "wrappers/docker_json.jsonl": ("docker_json", "openai_chat", None),
    "wrappers/cri.log": ("cri", "native", None),
    "wrappers/journald.jsonl": ("journald", "app_logs", "llm"),
    "wrappers/journald_all.jsonl": ("journald", "openai_chat", None),
}
"""Samples of one format inside another: the wrapper, the format, the key it lies under."""


def test_the_format_is_known_by_the_first_lines(path: Path) -> None:
    reading = read_file(path)
    name = f"{path.parent.name}/{path.name}"

    found = (reading.wrapper, reading.name, reading.inside)
    known = path.parent.name if expected_of(path)["calls_in_log"] or reading.name else None
    assert found == CARRIED.get(name, (None, known, None))


def test_every_value_is_the_true_one(path: Path) -> None:
    pairs = pair(in_log(path), read_file(path).calls())
    found = [one for expected, call in pairs for one in differences(expected, call)]
    missing = Counter(one.field for one in found if one.actual in NOTHING)
    other = {f"{one.where} {one.field}": one.actual for one in found if one.actual not in NOTHING}

    known = UNTOLD.get(f"{path.parent.name}/{path.name}", {})
    assert other == known.get("in_other_words", {})
    assert missing == known.get("untold", {})


def test_verdicts_find_their_calls(path: Path) -> None:
    calls = {call.response_id: call for call in read_file(path).calls()}

    for expected in expected_of(path).get("evaluations", ()):
        found = [
            e for e in calls[expected["response_id"]].evaluations if e.name == expected["name"]
        ]
        assert [(e.label, e.score, e.explanation) for e in found] == [
            (expected["label"], expected["score"], expected["explanation"])
        ]


def test_an_image_is_shown_by_kind_and_size_and_never_as_text(path: Path) -> None:
    for call in read_file(path).calls():
        shown = [part for message in call.input_messages or () for part in message.parts]

        assert not any(PNG in str(part) for part in shown)


def by_key(reading: Reading) -> dict[str, dict[str, Any]]:
    return {call.key: call.model_dump() for call in reading.calls()}


@pytest.mark.parametrize("batch", [7, 10_000])
def test_calls_are_the_same_however_lines_are_batched(path: Path, batch: int) -> None:
    assert by_key(read_file(path, batch=batch)) == by_key(read_file(path))


def test_calls_are_the_same_when_parts_come_in_reverse(path: Path) -> None:
    lines = raw_lines(path.read_bytes())
    forward = read(lines)
    if forward.ordered:
        pytest.skip("a format whose lines are read oldest first")

    backward = read(lines, order=range(len(lines) - 1, -1, -1))

    assert by_key(backward) == by_key(forward)


def test_a_row_read_again_from_its_own_lines_is_the_same_call(path: Path) -> None:
    lines = raw_lines(path.read_bytes())
    reading = read(lines)
    calls = {call.key: call for call in reading.calls()}
    by_address = {line.address: line for line in lines}

    for folded in reading.folded.values():
        again = read([by_address[address] for address in folded.source]).folded.values()
        same = [one for one in again if calls[folded.keys[0]].key in one.keys]
        assert [seen(one.fields) for one in same] == [seen(folded.fields)]


def seen(fields: dict[str, Any]) -> dict[str, Any]:
    """What a person sees of a call that outer spans may have told, too."""
    names = ("output_text", "input_messages", "session_id", "user_id", "tags", "evaluations")
    return {name: fields.get(name) for name in names}
