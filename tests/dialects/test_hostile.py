"""No line can stop the reader: whatever it holds comes to parts or a reject, never an error."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tailllm.dialects.assembly import Assembler
from tailllm.dialects.canonical import call, row
from tailllm.dialects.catalog import dialects
from tailllm.dialects.reader import Reader
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Reject
from tests.amounts import examples
from tests.dialects.reading import SAMPLES

many = settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))

LINES = [
    line
    for path in sorted(SAMPLES.glob("*/*.jsonl"))
    for line in path.read_bytes().splitlines()[:12]
    if len(line) < 20_000 and line.startswith(b"{") and line.endswith(b"}")
]

STRANGE: list[Any] = [
    None, True, False, 0, -1, 2**70, -(2**70), 1.5, -0.0, 1e308, 10**250, "", "x", "\ud800",
    "\x1b]0;x\x07", "9" * 5_000, "2026-13-45", "1e400", "{", "[1,", [], {}, [[]], [None], [{}],
    {"a": {"b": []}}, {"message": "m"}, {"role": "user"}, [{"role": 5, "content": 7}],
    [{"type": "text"}], [{"type": "image_url", "image_url": "data:"}], [{"function": "f"}],
    {"values": [{"key": "a"}]}, {"stringValue": 3}, {"intValue": "x"}, [1, "a", None, {"parts": 3}],
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(STRANGE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def survive(texts: list[bytes]) -> list[Any]:
    """Read, assemble, and make rows and calls of everything; printable, too."""
    reader, assembler = Reader("f"), Assembler(capacity=50)
    reader.settle(texts)
    offset, results = 0, []
    for text in texts:
        found = reader.read(RawLine(Address("f", offset, len(text)), text))
        offset += len(text) + 1
        results.append(found)
        if isinstance(found, Reject):
            assert found.reason
            continue
        for folded in assembler.add(found):
            row(folded, arrived=0.0).preview.encode()
            call(folded, path=lambda file: file).model_dump_json()
    return results


@given(st.lists(st.binary(max_size=200), max_size=4))
@many
def test_any_bytes_are_survived(texts: list[bytes]) -> None:
    survive(texts)


@given(st.lists(json_values, max_size=4))
@many
def test_any_json_is_survived(values: list[Any]) -> None:
    survive([json.dumps(value).encode() for value in values])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list)
        else ()
    )  # fmt: skip
    return [path, *(found for key, item in inner for found in places(item, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], change: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    if change is Ellipsis:
        del value[path[-1]]
    else:
        value[path[-1]] = deepcopy(change)


@given(st.data())
@settings(many, max_examples=examples(400))
def test_a_damaged_sample_is_survived(data: st.DataObject) -> None:
    value = json.loads(data.draw(st.sampled_from(LINES)))
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(value)[1:]
        if found:
            path = data.draw(st.sampled_from(found))
            put(value, path, data.draw(st.just(Ellipsis) | st.sampled_from(STRANGE) | json_values))

    survive([json.dumps(value).encode()])


FILES = sorted(path for path in SAMPLES.glob("*/*.jsonl") if path.stat().st_size < 100_000)


@given(st.data())
@settings(many, max_examples=examples(60))
def test_a_damaged_file_is_survived(data: st.DataObject) -> None:
    """Lines lean on those before them: what is wrong in one must not break another."""
    text = data.draw(st.sampled_from(FILES)).read_bytes()
    lines = [line for line in text.splitlines() if line.endswith((b"}", b"]"))][:40]
    for _ in range(data.draw(st.integers(1, 6))):
        number = data.draw(st.integers(0, len(lines) - 1))
        value = json.loads(lines[number])
        found = places(value)[1:]
        if found:
            path = data.draw(st.sampled_from(found))
            put(value, path, data.draw(st.just(Ellipsis) | st.sampled_from(STRANGE)))
            lines[number] = json.dumps(value).encode()

    survive(lines)


def texts_of_json(value: Any) -> list[tuple[Any, ...]]:
    """Where a line holds JSON inside a string, as attributes of spans do."""
    found = []
    for path in places(value)[1:]:
        inner = value
        for key in path:
            inner = inner[key]
        if isinstance(inner, str) and inner[:1] in ("{", "["):
            found.append(path)
    return found


SPANS = [line for line in LINES if b"resourceSpans" in line or b"mlflow" in line]


@given(st.data())
@settings(many, max_examples=examples(300))
def test_damage_inside_json_texts_is_survived(data: st.DataObject) -> None:
    value = json.loads(data.draw(st.sampled_from(SPANS)))
    found = texts_of_json(value)
    assume(found)
    path = data.draw(st.sampled_from(found))
    inner = value
    for key in path:
        inner = inner[key]
    if data.draw(st.booleans()):
        put(value, path, inner[: data.draw(st.integers(0, len(inner)))])
    else:
        opened = {"top": json.loads(inner)} if _is_json(inner) else {"top": []}
        spot = data.draw(st.sampled_from(places(opened)[1:]))
        put(opened, spot, data.draw(st.sampled_from(STRANGE) | json_values))
        put(value, path, json.dumps(opened["top"]))

    survive([json.dumps(value).encode()])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@given(st.sampled_from(LINES), st.data())
@many
def test_a_sample_cut_anywhere_is_broken_and_says_so(line: bytes, data: st.DataObject) -> None:
    cut = line[: data.draw(st.integers(1, len(line) - 1))]

    [found] = survive([cut])

    assert isinstance(found, Reject)
    assert found.kind == "broken"


NATIVE = b'{"tailllm": 1, "output": "hi", "messages": [], "metadata": {"x": %s}}'


@pytest.mark.parametrize(
    "value",
    [
        b"9" * 5_000,
        b"-" + b"9" * 5_000,
        b"1e999",
        b"NaN",
        b"-Infinity",
        b'"\\ud800"',
        b'"\xff\xfe"',
    ],
    ids=["digits", "negative", "huge", "NaN", "infinity", "surrogate", "no utf-8"],
)
def test_odd_values_do_not_lose_the_call(value: bytes) -> None:
    [found] = survive([NATIVE % value])

    assert not isinstance(found, Reject)


@pytest.mark.parametrize("depth", [60, 400, 900, 3_000, 200_000])
@pytest.mark.parametrize("name", [dialect.name for dialect in dialects()])
def test_deep_nesting_is_survived(depth: int, name: str) -> None:
    deep = b'{"a":[' * depth + b"1" + b"]}" * depth
    lines = {
        "native": NATIVE % deep,
        "openai_chat": b'{"request": {"model": "m", "messages": [], "x": %s}}' % deep,
        "otel_genai": b'{"resourceSpans": [{"scopeSpans": [{"spans": [%s]}]}]}' % deep,
        "langfuse": b'{"type": "generation-create", "body": {"id": "a", "input": [%s]}}' % deep,
        "mlflow": b'{"info": {"trace_id": %s}, "data": {"spans": [%s]}}' % (deep, deep),
        "openai_responses": b'{"request": {"model": "m", "input": [%s]}}' % deep,
        "openai_batch": b'{"custom_id": "a", "response": {"body": %s}, "error": null}' % deep,
        "simonw_llm": b'{"conversation_id": "c", "duration_ms": 1, "datetime_utc": "",'
        b' "response_json": %s}' % deep,
        "inspect_ai": b'{"event": "model", "output": {"choices": [{"message": %s}]}}' % deep,
        "server_logs": b'{"target": "text_generation_router", "span": %s}' % deep,
        "litellm": b'{"call_type": "completion", "custom_llm_provider": "openai",'
        b' "model_parameters": {}, "startTime": 1, "messages": [%s]}' % deep,
    }

    survive([lines.get(name, deep)])


@given(st.data())
@many
def test_a_cut_document_is_survived(data: st.DataObject) -> None:
    lines = (SAMPLES / "simonw_llm" / "logs.json").read_bytes().splitlines()[:200]
    start = data.draw(st.integers(0, 80))
    texts = lines[start : start + data.draw(st.integers(1, 120))]
    texts.insert(data.draw(st.integers(0, len(texts))), data.draw(st.sampled_from(LINES)))

    survive([b"[", b"  {", *texts])


def test_a_repeated_key_counts_as_last_written() -> None:
    [[part]] = survive([b'{"tailllm": 1, "ms": 1, "output": "a", "output": "b", "ms": 2}'])

    assert (part.fields["latency_ms"], part.fields["output_text"]) == (2.0, "b")


@pytest.mark.parametrize(
    "line", [b"", b"   ", b"INFO started", b"Traceback (most recent call", b"{"]
)
def test_what_is_no_json_is_broken(line: bytes) -> None:
    [found] = survive([line])

    assert isinstance(found, Reject)
    assert found.kind == "broken"


@pytest.mark.parametrize("line", [b"null", b"[]", b"42", b'"text"', b"{}", b'{"level": "info"}'])
def test_json_that_is_no_call_is_other(line: bytes) -> None:
    [found] = survive([line])

    assert isinstance(found, Reject)
    assert found.kind == "other"


def test_a_reason_quotes_nothing_from_the_line() -> None:
    [found] = survive([b'{"tailllm": 1, "secret": "hunter2"'])

    assert "hunter2" not in found.reason
    assert "secret" not in found.reason


def test_two_records_on_a_line_are_two_calls() -> None:
    line = b'{"tailllm": 1, "output": "a"} {"tailllm": 1, "output": "b"}'

    [parts] = survive([line])

    assert [part.fields["output_text"] for part in parts] == ["a", "b"]
    assert len({part.keys[0] for part in parts}) == 2


def test_a_byte_order_mark_and_a_carriage_return_are_no_matter() -> None:
    [parts] = survive([b'\xef\xbb\xbf{"tailllm": 1, "output": "a"}\r'])

    assert parts[0].fields["output_text"] == "a"
