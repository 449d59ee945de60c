"""The short cut from a native line to a row says what the general way says, or nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.dialects import canonical, native_batch
from tailllm.dialects.assembly import Assembler
from tailllm.dialects.native import Native
from tailllm.dialects.reader import Reader
from tailllm.records.line import Address, Lines
from tailllm.records.part import Reject
from tailllm.records.row import Row
from tests.amounts import examples
from tests.dialects.reading import SAMPLES, raw_lines

ARRIVED = 1_795_350_000.0
SAMPLE_LOGS = Path(__file__).parents[2] / "sample_logs"
LOGS = [path for folder in (SAMPLES, SAMPLE_LOGS) for path in sorted(folder.rglob("*.jsonl"))]

odd = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -0.0,
        1,
        -1,
        0.5,
        10**16,
        10**30,
        1e15,
        "",
        "x",
        "7",
        "12.5",
        "訂單",
        [],
        {},
        [1],
        {"a": 1},
        "2026-11-23T10:00:00Z",
        1_795_348_800,
        "1795348800",
        "\udfff",
    ]
)
words = st.sampled_from(["gpt-4o", "stop", "length", "", "user", "errored", "訂單", "a" * 200])
long_texts = st.builds(
    lambda start, piece, count: start + piece * count,
    st.text(max_size=4),
    st.sampled_from(["a", "訂", "\\", '"', "\n", "😀", "\udfff", "é\\u", "x\\\\"]),
    st.integers(300, 2_500),
)
role = st.sampled_from(["user", "system", "developer", "assistant", "tool", None, 3])
texts = st.one_of(
    words,
    long_texts,
    st.just([{"type": "text", "text": "part"}, {"type": "image_url", "image_url": {}}]),
    st.just(["plain", {"type": "input_text", "content": "other"}]),
    odd,
)


def some(known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these keys."""
    return st.fixed_dictionaries({}, optional=known)


messages = st.one_of(
    words,
    odd,
    st.lists(st.one_of(some({"role": role, "content": texts, "parts": texts}), odd), max_size=4),
    st.lists(st.fixed_dictionaries({"role": role, "content": words | long_texts}), max_size=4),
)
tools = st.one_of(odd, st.lists(some({"name": words, "parameters": odd}), max_size=2))
asked = st.one_of(odd, st.lists(st.one_of(odd, some({"id": words, "name": words})), max_size=3))
name = st.one_of(words, odd)
amount = st.one_of(st.integers(-5, 5_000), st.floats(0, 5_000), odd)
reply = some(
    {
        "role": role,
        "content": texts,
        "tool_calls": asked,
        "function_call": odd,
        "refusal": name,
        "parts": odd,
        "finish_reason": name,
    }
)
choices = st.lists(
    st.one_of(odd, some({"message": st.one_of(reply, odd), "finish_reason": name})), max_size=2
)
billed = some(
    {
        "prompt_tokens": amount,
        "completion_tokens": amount,
        "input_tokens": amount,
        "prompt_tokens_details": st.one_of(odd, some({"cached_tokens": amount})),
        "input_tokens_details": st.one_of(odd, some({"cached_tokens": amount})),
        "completion_tokens_details": st.one_of(odd, some({"reasoning_tokens": amount})),
    }
)
KEYS = {
    "ts": amount,
    "ms": amount,
    "ttft_ms": amount,
    "id": name,
    "model": name,
    "request_model": name,
    "provider": name,
    "operation": name,
    "prompt": st.one_of(name, some({"name": name, "version": name})),
    "request": st.one_of(
        odd,
        some(
            {
                "model": name,
                "messages": messages,
                "tools": tools,
                "functions": tools,
                "max_tokens": odd,
                "system": name,
            }
        ),
    ),
    "response": st.one_of(
        odd,
        some({"id": name, "model": name, "choices": choices, "usage": billed, "error": odd}),
        some({"type": name, "content": odd, "choices": choices, "usage": billed}),
    ),
    "system": name | long_texts,
    "messages": messages,
    "tools": tools,
    "output": name | long_texts,
    "tool_calls": asked,
    "refusal": name,
    "finish": name,
    "usage": st.one_of(
        odd, some({"input": amount, "output": amount, "cached": amount, "reasoning": amount})
    ),
    "error": odd,
    "cost": amount,
    "session": name,
    "conversation": name,
    "user": name,
    "host": name,
    "route": name,
    "trace_id": name,
    "checks": st.one_of(
        odd, st.lists(st.one_of(odd, some({"name": name, "ok": odd, "label": name})), max_size=3)
    ),
    "something_else": odd,
}


def quickly(line: bytes, address: Address) -> Row | None:
    """The row by the short cut."""
    lines = Lines(address.file, [address.offset], [line])
    rows = native_batch.batch(lines, ARRIVED).batch.rows()
    return rows[0] if rows else None


def generally(line: bytes, address: Address) -> Row | None:
    """The row by way of parts."""
    reader = Reader("f")
    reader.settle([b'{"tailllm": 1}'])
    found = reader.read(raw_lines(line)[0]._replace(address=address))
    if isinstance(found, Reject):
        return None
    (folded,) = Assembler().add(found)
    return canonical.row(folded, arrived=ARRIVED)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_both_ways_give_the_same_row_of_every_sample(path: Path) -> None:
    for line in raw_lines(path.read_bytes()):
        quick = quickly(line.text, line.address)

        assert quick is None or quick == generally(line.text, line.address)


@settings(max_examples=examples(1_500))
@given(
    st.one_of(
        some(KEYS),
        st.fixed_dictionaries(
            {"ts": st.floats(1e9, 2e9), "messages": messages, "output": words | long_texts},
            optional={key: KEYS[key] for key in ("tools", "checks", "usage", "prompt", "system")},
        ),
        st.fixed_dictionaries(
            {"ts": st.floats(1e9, 2e9), "request": KEYS["request"], "response": KEYS["response"]},
            optional={key: KEYS[key] for key in ("output", "model", "id", "usage", "finish")},
        ),
    ),
    st.booleans(),
)
def test_both_ways_give_the_same_row_of_any_line(call: dict[str, Any], plain: bool) -> None:
    line = json.dumps({"tailllm": 1} | call, ensure_ascii=not plain)
    text = line.encode("utf-8", "surrogatepass")
    address = Address("f", 17, len(text))
    quick = quickly(text, address)

    assert quick is None or repr(quick) == repr(generally(text, address))


def test_plain_lines_take_the_short_cut() -> None:
    lines = raw_lines((SAMPLE_LOGS / "calm.jsonl").read_bytes())
    native = [line for line in lines if b'"tailllm"' in line.text]
    quick = [quickly(line.text, line.address) for line in native]

    assert sum(row is not None for row in quick) > 0.8 * len(native) > 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"tailllm": 1}',
        b'{"ts": 1, "output": "x"}',
        b"\xff",
        b"[" * 9999,
    ],
)
def test_what_is_not_plain_is_left_to_the_general_way(line: bytes) -> None:
    quick = Native().batch(Lines("f", [0], [line]), ARRIVED, previews=True)

    assert quick.left == [0]
    assert not len(quick.batch)


calls = st.one_of(
    some(KEYS),
    st.fixed_dictionaries(
        {"ts": st.floats(1e9, 2e9) | st.just("2026-11-23T10:00:00Z"), "output": words},
        optional={key: KEYS[key] for key in ("id", "checks", "usage", "prompt", "finish")},
    ),
)


@settings(max_examples=examples(300))
@given(st.lists(calls, max_size=6), st.booleans())
def test_many_lines_together_say_what_each_says_alone(
    log: list[dict[str, Any]], previews: bool
) -> None:
    texts = [json.dumps({"tailllm": 1} | call).encode() for call in log]
    offsets = list(range(0, 10 * len(texts), 10))
    together = native_batch.batch(Lines("f", offsets, texts), ARRIVED, previews=previews)
    alone = [
        native_batch.batch(Lines("f", [offset], [line]), ARRIVED, previews=previews)
        for offset, line in zip(offsets, texts, strict=True)
    ]

    assert together.left == [place for place, quick in enumerate(alone) if quick.left]
    assert repr(together.batch.rows()) == repr(
        [row for quick in alone for row in quick.batch.rows()]
    )


@given(calls)
def test_a_call_whose_texts_nobody_wants_is_otherwise_the_same(call: dict[str, Any]) -> None:
    lines = Lines("f", [0], [json.dumps({"tailllm": 1} | call).encode()])
    shown = native_batch.batch(lines, ARRIVED, previews=True).batch.rows()
    counted = native_batch.batch(lines, ARRIVED, previews=False).batch.rows()

    assert not shown or repr(counted) == repr([shown[0]._replace(preview="", reply="")])
