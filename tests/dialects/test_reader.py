"""A file's format is settled by its first lines, and other lines may lie between."""

import json
from typing import Any

from tailllm.dialects.assembly import Assembler
from tailllm.dialects.reader import Reader
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject
from tests.dialects.reading import raw_lines

NATIVE = b'{"tailllm": 1, "output": "hi"}'
APP = b'{"level": "info", "event": "cache", "model": "bike", "usage": 5, "messages": 3, "id": "9"}'
CHAT = {"model": "m", "messages": [{"role": "user", "content": "q"}]}
ANSWER = {
    "id": "c1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}}],
}


def one(reader: Reader, text: bytes | dict[str, Any]) -> list[Part] | Reject:
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return reader.read(RawLine(Address("f", 0, len(text)), text))


def test_an_unknown_file_has_no_name() -> None:
    reader = Reader("f")
    reader.settle([APP, b"plain text", b""])

    assert reader.name is None
    assert isinstance(one(reader, APP), Reject)


def test_most_lines_of_the_sample_decide() -> None:
    reader = Reader("f")
    reader.settle([json.dumps({"request": CHAT, "response": ANSWER}).encode(), NATIVE, NATIVE])

    assert reader.name == "native"


def test_the_first_call_settles_a_file_without_a_sample() -> None:
    reader = Reader("f")

    assert isinstance(one(reader, APP), Reject)
    assert isinstance(one(reader, NATIVE), list)
    assert reader.name == "native"


def test_lines_of_an_application_between_calls_are_other() -> None:
    reader = Reader("f")
    reader.settle([NATIVE])

    found = one(reader, APP)

    assert isinstance(found, Reject)
    assert found.kind == "other"


def test_an_applications_error_line_makes_no_call() -> None:
    reader = Reader("f")
    reader.settle([json.dumps({"request": CHAT, "response": ANSWER}).encode()])

    found = one(reader, {"request_id": "r", "body": {"error": {"message": "no such bike"}}})

    assert isinstance(found, Reject) or all(part.kind == "evaluation" for part in found)


def test_only_a_wire_log_must_be_read_in_order() -> None:
    chunk = {"ts": 1, "dir": "in", "payload": {"object": "chat.completion.chunk", "id": "x"}}
    wire, pairs = Reader("f"), Reader("g")
    wire.settle([json.dumps(chunk).encode()])
    pairs.settle([json.dumps({"request": CHAT, "response": ANSWER}).encode()])

    assert (wire.ordered, pairs.ordered) == (True, False)


def test_a_stream_cut_by_the_server_is_an_error_that_keeps_its_text() -> None:
    chunk = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": "half an ans"}}],
    }

    [part] = one(Reader("f"), {"request": CHAT, "response": [chunk]})  # type: ignore[misc]

    assert part.fields["status"] == "error"
    assert part.fields["output_text"] == "half an ans"
    assert part.fields["warnings"] == ["the stream was cut"]


def test_parallel_tool_calls_of_a_stream_are_put_together() -> None:
    def chunk(index: int, text: str, **more: Any) -> dict[str, Any]:
        call = {"index": index, "function": {"arguments": text, **more}}
        return {
            "id": "c1",
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": {"tool_calls": [call]}}],
        }

    mixed = [
        chunk(0, "", name="f"), chunk(1, "", name="g"), chunk(1, '{"b"'), chunk(0, '{"a"'),
        chunk(1, ": 2}"), chunk(0, ": 1}"),
    ]  # fmt: skip

    [part] = one(Reader("f"), {"request": CHAT, "response": mixed})  # type: ignore[misc]

    asked = [(call["name"], call["arguments"]) for call in part.fields["tool_calls"]]
    assert asked == [("f", '{"a": 1}'), ("g", '{"b": 2}')]


def test_an_error_line_in_a_file_of_its_own_finds_its_request() -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "q"}]}
    asked = {"time": 1795356395.9, "call_id": "c1", "body": body}
    failed = {
        "time": 1795356396.0,
        "call_id": "c1",
        "status": 429,
        "body": {"error": {"message": "m"}},
    }
    parts = [
        part
        for file, value in (("f1", asked), ("f2", failed))
        for line in raw_lines(json.dumps(value).encode(), file)
        for found in Reader(file).take([line])
        if not isinstance(found, Reject)
        for part in found
    ]
    (folded,) = Assembler().add(parts)

    assert (folded.format, folded.fields["status"]) == ("openai_chat", "error")


def test_prose_and_code_beside_logs_are_other_lines_and_no_damage() -> None:
    prose = b'# Notes\n\nThe log is here.\n12\n"""quoted"""\n{a: 1}\n{% if %}'
    lines = raw_lines(prose)
    reader = Reader("README.md")
    reader.settle([line.text for line in lines])

    found = [reader.read(line) for line in lines]

    assert {one.kind for one in found if isinstance(one, Reject)} == {"other"}
    assert (reader.title, reader.why) == ("text", "a file without JSON, no log of calls")


def test_a_cut_record_in_a_file_of_prose_is_damage_all_the_same() -> None:
    reader = Reader("app.log")
    reader.settle([b"starting", b"loading", b"ready"])

    reject = one(reader, b'{"tailllm": 1, "outp')

    assert isinstance(reject, Reject)
    assert reject.kind == "broken"


def test_a_log_that_begins_with_prose_is_a_log_from_its_first_call_on() -> None:
    reader = Reader("app.log")
    reader.settle([b"starting", b"loading", b"ready"])

    one(reader, NATIVE)
    reject = one(reader, b"Traceback (most recent call last):")

    assert reader.title == "native"
    assert isinstance(reject, Reject)
    assert reject.kind == "broken"


def test_one_line_of_text_proves_no_file_to_be_text() -> None:
    reader = Reader("app.log")
    reader.settle([b"INFO started"])

    assert reader.title is None
