"""Lines that a container runtime or the journal wrapped are read as the program wrote them."""

import json
import random
from typing import Any

import pytest

from tailllm.dialects.reader import Reader
from tailllm.dialects.wrappers import unwrap
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject
from tests.dialects.reading import SAMPLES, Reading, raw_lines, read

TIME = "2026-11-22T13:57:26.356485328Z"
TEXT = "Öffnungszeiten und Tarife – 料金 🚲 " * 40


def native(number: int, text: str = TEXT) -> bytes:
    line = {"tailllm": 1, "id": f"c{number}", "output": text, "ms": 5, "session": f"s{number}"}
    return json.dumps(line, ensure_ascii=False).encode()


def cri(text: bytes, *, size: int = 301, stream: str = "stdout") -> list[bytes]:
    """As containerd cuts it: by bytes, wherever they end."""
    cuts = [text[at : at + size] for at in range(0, len(text), size)] or [b""]
    tags = ["P"] * (len(cuts) - 1) + ["F"]
    return [f"{TIME} {stream} {tag} ".encode() + cut for tag, cut in zip(tags, cuts, strict=True)]


def docker(text: bytes, *, size: int = 301, stream: str = "stdout") -> list[bytes]:
    whole = text.decode() + "\n"
    cuts = [whole[at : at + size] for at in range(0, len(whole), size)]
    return [json.dumps({"log": cut, "stream": stream, "time": TIME}).encode() for cut in cuts]


def journald(text: bytes, *, size: int = 301, stream: str = "1") -> list[bytes]:
    cuts = [list(text[at : at + size]) for at in range(0, len(text), size)]
    marks: list[dict[str, Any]] = [{"_LINE_BREAK": "line-max"}] * (len(cuts) - 1) + [{}]
    entry = {"__REALTIME_TIMESTAMP": "1795355846408582", "_PID": stream}
    return [
        json.dumps(entry | {"MESSAGE": cut} | mark).encode()
        for cut, mark in zip(cuts, marks, strict=True)
    ]


WRAPPERS = pytest.mark.parametrize("wrap", [cri, docker, journald])


def file_of(lines: list[bytes]) -> list[RawLine]:
    return raw_lines(b"\n".join(lines) + b"\n")


def answers(found: list[list[Part] | Reject]) -> list[tuple[str, str]]:
    parts = [part for one in found if not isinstance(one, Reject) for part in one]
    return [(part.fields["response_id"], part.fields["output_text"]) for part in parts]


def settled(lines: list[RawLine]) -> Reader:
    reader = Reader("f")
    reader.settle([line.text for line in lines[:50]])
    return reader


@WRAPPERS
def test_a_line_cut_inside_a_character_is_whole_again(wrap: Any) -> None:
    lines = file_of(wrap(native(1)))
    reader = settled(lines)

    [[part]] = reader.take(lines)

    assert part.fields["output_text"] == TEXT
    assert "warnings" not in part.fields
    assert (part.address, *part.more) == tuple(line.address for line in lines)


@WRAPPERS
def test_streams_that_are_cut_into_each_other_are_kept_apart(wrap: Any) -> None:
    one, other = wrap(native(1), stream="stdout"), wrap(native(2), stream="stderr")
    mixed = [line for pair in zip(one, other, strict=True) for line in pair]
    lines = file_of(mixed)

    assert sorted(answers(list(settled(lines).take(lines)))) == [("c1", TEXT), ("c2", TEXT)]


def interleaved(wrap: Any, seed: int) -> list[RawLine]:
    """Two streams of calls and plain lines, their cut lines mixed at random."""
    draw = random.Random(seed)
    queues = []
    for stream in ("stdout", "stderr"):
        texts = [
            draw.choice(
                [native(n * 2 + (stream == "stderr")), native(n * 2 + (stream == "stderr"))]
            )
            if draw.random() < 0.7
            else b"INFO: started"
            for n in range(12)
        ]
        queues.append([line for text in texts for line in wrap(text, stream=stream)])
    mixed = []
    while any(queues):
        queue = draw.choice([queue for queue in queues if queue])
        mixed.append(queue.pop(0))
    return file_of(mixed)


def runs(lines: list[RawLine], draw: random.Random) -> list[list[RawLine]]:
    borders = sorted(draw.sample(range(1, len(lines)), 9))
    return [lines[a:b] for a, b in zip([0, *borders], [*borders, len(lines)], strict=True)]


@pytest.mark.parametrize("seed", range(8))
@WRAPPERS
def test_no_call_is_lost_at_a_border_whatever_is_read_first(wrap: Any, seed: int) -> None:
    lines = interleaved(wrap, seed)
    draw = random.Random(seed)
    truth = list(settled(lines).take(lines))

    for order in ("backward", "any"):
        chunks = runs(lines, draw)
        chunks.reverse() if order == "backward" else draw.shuffle(chunks)
        reader = settled(lines)
        found = [one for chunk in chunks for one in reader.take(chunk)]
        found += reader.settle_past()
        assert sorted(answers(found)) == sorted(answers(truth))
        assert len(found) == len(truth)


def test_live_lines_between_old_ones_do_not_mix_with_them() -> None:
    lines = file_of([*cri(native(1)), *cri(native(2)), *cri(native(3))])
    old, live = lines[:-2], lines[-2:]
    reader = settled(lines)
    found = [*reader.take(live), *reader.take(old[5:]), *reader.take(old[:5])]

    assert sorted(answers(found)) == [("c1", TEXT), ("c2", TEXT), ("c3", TEXT)]


def test_a_cut_line_whose_end_never_came_is_told() -> None:
    lines = file_of([*cri(native(1)), *cri(native(2))[:-1]])
    reader = settled(lines)
    found = [*reader.take(lines), *reader.flush()]

    assert answers(found) == [("c1", TEXT)]
    assert isinstance(found[-1], Reject)
    assert found[-1].reason == "a cut line without its end"


def test_a_file_that_begins_inside_a_cut_line_loses_only_that_one() -> None:
    lines = file_of([*cri(native(1))[1:], *cri(native(2))])
    found = list(settled(lines).take(lines))

    assert isinstance(found[0], Reject)
    assert answers(found) == [("c2", TEXT)]


@pytest.mark.parametrize(
    ("message", "kind"),
    [(None, "other"), ("", "broken"), ([27, 91, 51, 50, 109], "broken"), ({"a": 1}, "other")],
    ids=["null", "empty", "bytes", "object"],
)
def test_a_journal_line_without_a_call_is_a_reject_with_a_reason(message: Any, kind: str) -> None:
    entry = {"__REALTIME_TIMESTAMP": "1", "MESSAGE": message}
    lines = file_of([json.dumps(entry).encode()])

    [found] = settled(lines).take(lines)

    assert isinstance(found, Reject)
    assert found.kind == kind
    assert found.reason


def test_a_line_of_a_null_message_says_how_to_get_it() -> None:
    lines = file_of([b'{"__CURSOR": "s", "MESSAGE": null}'])

    [found] = settled(lines).take(lines)

    assert isinstance(found, Reject)
    assert "--all" in found.reason


def test_the_wrappers_time_helps_a_call_that_has_none() -> None:
    entry = {"__REALTIME_TIMESTAMP": "1795355846408582", "MESSAGE": native(1).decode()}
    lines = file_of([json.dumps(entry).encode()])

    [[part]] = settled(lines).take(lines)

    assert part.fields["start_time"] == pytest.approx(1_795_355_846.403582)


def test_every_format_is_read_in_a_wrapper() -> None:
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "chat m", "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
    ]}  # fmt: skip
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    lines = file_of([*cri(json.dumps(export).encode(), size=50), *cri(native(1))])
    found = [one for one in settled(lines).take(lines) if not isinstance(one, Reject)]

    assert [part.fields["format"] for parts in found for part in parts] == ["otel_genai", "native"]


def test_a_line_cannot_be_unwrapped_out_of_a_log_that_only_looks_like_it() -> None:
    lines = raw_lines(b'{"log": "hello", "tailllm": 1, "output": "a"}')

    [[part]] = settled(lines).take(lines)

    assert part.fields["output_text"] == "a"


@WRAPPERS
def test_wrapped_damage_is_survived(wrap: Any) -> None:
    deep = b'{"tailllm": 1, "x": ' + b'{"a":[' * 100_000 + b"1" + b"]}" * 100_000 + b"}"
    odd = [b"\0\0\0", b"9" * 5_000, b"NaN", b'"\\ud800"', b"[]", b"null", deep, native(1)]
    lines = file_of([line for text in odd for line in wrap(text, size=16_000)])
    reader = settled(lines)
    found = [*reader.take(lines), *reader.flush()]

    assert len(found) == len(odd)
    assert all(one.reason for one in found if isinstance(one, Reject))
    assert answers(found) == [("c1", TEXT)]


def test_addresses_of_lines_that_are_not_cut_are_their_own() -> None:
    lines = file_of([*cri(native(1), size=10**6), *cri(native(2), size=10**6)])
    found = settled(lines).take(lines)

    where = [(part.address, part.more) for parts in found for part in parts]  # type: ignore[union-attr]
    assert where == [(line.address, ()) for line in lines]
    assert isinstance(where[0][0], Address)


def body_of(line: str) -> dict[str, Any]:
    value = json.loads(line)
    body = value.get("payload") or value.get("data")
    return body if isinstance(body, dict) else {}


def event_stream(line: str) -> bytes:
    """A chunk or an event as it comes over the wire."""
    body = body_of(line)
    named = f"event: {body['type']}\n" if "type" in body else ""
    return f"{named}data: {json.dumps(body)}\n\n".encode()


@pytest.mark.parametrize(
    ("path", "done"),
    [
        ("openai_chat/stream_chunks.jsonl", b"data: [DONE]\n\n"),
        ("anthropic_messages/stream_events.jsonl", b""),
    ],
)
def test_an_event_stream_as_it_came_over_the_wire_is_the_same_answer(
    path: str, done: bytes
) -> None:
    lines = (SAMPLES / path).read_text().splitlines()
    came = [line for line in lines if body_of(line).keys() & {"type", "object"}]
    plain = read(raw_lines("\n".join(came).encode()))
    wired = read(raw_lines(b"".join(map(event_stream, came)) + done))

    assert wired.wrapper == "event_stream"
    assert wired.name == plain.name
    assert said(wired) == said(plain) != []
    assert {reject.kind for reject in wired.rejects} <= {"other"}


def said(reading: Reading) -> list[Any]:
    return [
        (call.response_id, call.output_text, call.tool_calls, call.usage, call.finish_reason)
        for call in reading.calls()
    ]


def test_a_text_with_such_words_is_no_event_stream() -> None:
    assert unwrap(b"event: push") is None
    assert unwrap(b"data: 5") is None
