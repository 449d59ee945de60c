"""What a recorded line says of its exchange is read, whatever somebody writes there."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.dialects.reader import Reader
from tailllm.dialects.recorded import RECORDED
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Fields, Reject
from tests.amounts import examples

ASKED = {"tailllm": 1, "request": {"model": "m", "messages": []}}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def read(line: dict[str, Any]) -> Fields:
    text = json.dumps(ASKED | line).encode()
    found = Reader("f").read(RawLine(Address("f", 0, len(text)), text))
    assert not isinstance(found, Reject)
    return found[0].fields


@given(st.dictionaries(st.sampled_from(sorted({*RECORDED, "response", "metadata"})), VALUES))
@settings(max_examples=examples(300))
def test_no_value_stops_the_reader(line: dict[str, Any]) -> None:
    read(line)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"http_status": 200, "response": {"choices": []}}, "ok"),
        ({"http_status": 200, "response": "cut in the mid"}, "ok"),
        ({"http_status": 503, "response": "busy"}, "error"),
        ({"http_status": 503}, "error"),
        ({"http_status": 200, "ended": "closed"}, "incomplete"),
        ({"ended": "cancelled"}, "incomplete"),
        ({"ended": "failed", "error": {"type": "ReadTimeout", "message": "late"}}, "error"),
        ({"http_status": 200}, None),
    ],
)
def test_the_status_is_what_came_back(line: dict[str, Any], status: str | None) -> None:
    assert read(line).get("status") == status


def test_what_was_cut_or_redacted_is_said_beside_the_call() -> None:
    fields = read(
        {
            "http_status": 200,
            "request_id": "req_1",
            "attempt": 2,
            "cut": {"response": {"bytes": 5_000_000, "kept": 1_000_000}},
            "redacted": {"jwt": 2},
            "response": "x",
        }
    )

    assert fields["content"] == "truncated"
    assert fields["metadata"] == {"request_id": "req_1", "attempt": 2}
    assert [text.split(" ")[0] for text in fields["warnings"]] == ["the", "secrets"]
