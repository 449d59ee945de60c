"""A JSON document printed over several lines is read record by record."""

import json
from typing import Any

import pytest

from tailllm.dialects.documents import NO_LOG, opens, record
from tailllm.records.line import RawLine
from tests.dialects.reading import SAMPLES, Reading, raw_lines, read, read_file

ARRAY = SAMPLES / "simonw_llm" / "logs.json"
LINES = SAMPLES / "simonw_llm" / "logs.jsonl"
EVALUATION = SAMPLES / "inspect_ai" / "eval_log.json"


def told(reading: Reading) -> list[dict[str, Any]]:
    found = [call.model_dump(exclude={"source"}) for call in reading.calls()]
    return sorted(found, key=lambda call: str(call["key"]))


def test_an_array_over_several_lines_holds_the_same_calls_as_its_records_on_lines() -> None:
    array = read_file(ARRAY)

    assert told(array) == told(read_file(LINES))
    assert not array.rejects


def test_a_records_address_spans_its_lines_and_finds_it_again() -> None:
    data, reading = ARRAY.read_bytes(), read_file(ARRAY)

    for call, folded in zip(reading.calls(), reading.folded.values(), strict=True):
        lines = [RawLine(a, record(data[a.offset : a.offset + a.length])) for a in folded.source]
        again = {one.key: one for one in read(lines).calls()}
        assert again[call.key] == call


def test_an_array_on_one_line_is_as_many_calls() -> None:
    packed = json.dumps(json.loads(ARRAY.read_bytes())).encode()

    assert told(read(raw_lines(packed))) == told(read_file(LINES))


def test_an_array_with_a_record_a_line_is_as_many_calls() -> None:
    records = LINES.read_bytes().splitlines()

    reading = read(raw_lines(b"[\n" + b",\n".join(records) + b"\n]\n"))

    assert told(reading) == told(read_file(LINES))
    assert not reading.rejects


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [(b"[", b",\n", b"]"), (b"[", b"\n,", b"\n]\n"), (b"\xef\xbb\xbf[ ", b" ,\r\n ", b" ]\r\n")],
    ids=["commas behind", "commas before", "windows"],
)
def test_an_arrays_brackets_and_commas_beside_its_records_are_none_of_them(
    before: bytes, between: bytes, after: bytes
) -> None:
    data = before + between.join(LINES.read_bytes().splitlines()) + after
    reading = read(raw_lines(data))

    assert told(reading) == told(read_file(LINES))
    assert not reading.rejects
    for call, folded in zip(reading.calls(), reading.folded.values(), strict=True):
        lines = [RawLine(a, record(data[a.offset : a.offset + a.length])) for a in folded.source]
        again = {one.key: one for one in read(lines).calls()}
        assert again[call.key] == call


def test_an_array_that_opens_beside_its_first_record_goes_on_over_lines() -> None:
    printed = json.dumps(json.loads(ARRAY.read_bytes()), indent=1).replace("[\n {", "[{", 1)

    reading = read(raw_lines(printed.removesuffix("\n]").encode() + b"]"))

    assert told(reading) == told(read_file(LINES))
    assert not reading.rejects


def test_an_evaluation_log_is_read_on_one_line_and_on_many() -> None:
    printed = json.dumps(json.loads(EVALUATION.read_bytes()), indent=2).encode() + b"\n"

    reading = read(raw_lines(printed))

    assert len(reading.folded) == 6
    assert told(reading) == told(read_file(EVALUATION))


def test_a_sample_of_an_evaluation_gives_its_prompt_and_its_verdicts() -> None:
    calls = {(call.metadata or {})["sample"]: call for call in read_file(EVALUATION).calls()}

    good = calls["json_good"]
    assert good.content == "full"
    assert [message.role for message in good.input_messages or ()] == ["system", "user"]
    assert [(e.name, e.outcome) for e in good.evaluations] == [
        ("includes", "passed"),
        ("match", "failed"),
    ]
    assert calls["refusal"].refusal == "I can't help with disabling the tracker."
    assert calls["rate_limited"].error_type == "rate_limit_exceeded"


def test_a_file_that_only_begins_with_a_bracket_is_no_document() -> None:
    assert not opens([b"["])
    assert not opens([b"{", b'{"tailllm": 1}'])
    assert not opens([b"[12:00] started"])
    assert not opens([b'[{"a": 1}]', b'[{"a": 2}]'])
    assert not opens([b'[{"a": 1},'])
    assert not opens([b"[{a", b"b"])
    assert opens([b"\xef\xbb\xbf[\r", b"  {\r"])


def test_brackets_inside_strings_end_no_record() -> None:
    record = {"tailllm": 1, "output": 'a "}" and ]]} and \\', "messages": []}
    text = json.dumps([record, record], indent=1).encode()

    reading = read(raw_lines(text))

    assert [call.output_text for call in reading.calls()] == [record["output"]] * 2


def test_a_document_without_a_call_is_one_reject_and_not_one_a_line() -> None:
    array = [{"a": [n], "text": "[b] {c}"} for n in range(3_000)]
    for value in (array, {"calls": array}):
        reading = read(raw_lines(json.dumps(value, indent=1).encode()))

        assert [reject.reason for reject in reading.rejects] == [NO_LOG]
        assert not reading.folded


def test_a_document_that_was_cut_is_told() -> None:
    lines = raw_lines(json.dumps({"a": [1, 2, 3]}, indent=1).encode())[:-2]

    assert [reject.reason for reject in read(lines).rejects] == [NO_LOG]


def test_a_record_between_calls_that_is_none_is_told() -> None:
    records = [{"tailllm": 1, "output": "a"}, {"b": 2}, {"tailllm": 1, "output": "c"}]
    reading = read(raw_lines(json.dumps(records, indent=1).encode()))

    assert len(reading.folded) == 2
    assert [reject.kind for reject in reading.rejects] == ["other"]
