"""The short cut from an OTLP line to spans says what the general way says, or nothing."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tailllm.dialects import otlp, otlp_typed
from tailllm.dialects.decode import decode
from tests.dialects.reading import SAMPLES, raw_lines

SAMPLE_LOGS = Path(__file__).parents[2] / "sample_logs"
LINES = [
    line.text
    for folder in (SAMPLES, SAMPLE_LOGS)
    for path in sorted(folder.rglob("*.jsonl"))
    for line in raw_lines(path.read_bytes())
    if line.text.startswith(b'{"resourceSpans"')
]
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2,
    0.5,
    10**30,
    "",
    "2",
    "17953488",
    "x" * 300,
    "\ud800",
    [],
    {},
    [1, {"key": "a"}],
    {"stringValue": "a", "intValue": "1"},
    {"intValue": 5, "stringValue": "a"},
    {"stringValue": "a", "kvlistValue": {"values": []}},
    {"intValue": "-12"},
    {"doubleValue": "NaN"},
    {"bytesValue": "aGk="},
    {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}, 7]}},
    {"kvlistValue": {"values": [{"key": "k", "value": {"boolValue": False}}]}},
    {"unheardOf": 1},
]


def both(line: bytes) -> tuple[list[otlp.Span] | None, list[otlp.Span]]:
    """The spans by the short cut, and by the general way."""
    (value,) = decode(line).values
    known = {"events": None, "startTimeUnixNano": None}
    spans = [
        span._replace(raw={name: span.raw.get(name) for name in known})
        for span in otlp.spans(value)
    ]
    return otlp_typed.spans(line), spans


def changed(value: Any, random: Random) -> Any:
    """The value with something odd somewhere inside."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.03:
        return random.choice(ODD)
    if isinstance(value, list):
        place = random.randrange(len(value))
        return [*value[:place], changed(value[place], random), *value[place + 1 :]]
    name = random.choice(list(value))
    if random.random() < 0.05:
        return {key: inner for key, inner in value.items() if key != name}
    if random.random() < 0.05:
        return value | {random.choice(["resourceLogs", "events", "value", "new"]): []}
    return value | {name: changed(value[name], random)}


def test_most_lines_of_spans_take_the_short_cut() -> None:
    found = [both(line) for line in LINES]

    assert len(found) > 100
    assert sum(quick is not None for quick, _ in found) > 0.95 * len(found)


def test_both_ways_give_the_same_spans_of_every_sample() -> None:
    for quick, general in map(both, LINES):
        assert quick is None or repr(quick) == repr(general)


@pytest.mark.parametrize("seed", range(10))
def test_both_ways_give_the_same_spans_of_a_line_with_something_odd_in_it(seed: int) -> None:
    random = Random(seed)
    short = [line for line in LINES if len(line) < 8_000]
    for _ in range(200):
        value = json.loads(random.choice(short))
        for _ in range(random.randint(1, 3)):
            value = changed(value, random)
        if not isinstance(value, dict):
            continue
        line = json.dumps(value).encode()
        quick, general = both(line)

        assert quick is None or repr(quick) == repr(general)


NO_LINES = [
    *(b"", b"{", b"[]", b"null", b"\xff", b'{"resourceLogs": []}', b'{"resourceSpans": 1}'),
    *(b'{"resourceSpans": []}{"resourceSpans": []}', b"[" * 100_000, b'{"resourceSpans": [NaN]}'),
]


@pytest.mark.parametrize("line", NO_LINES, ids=range(len(NO_LINES)))
def test_what_is_no_line_of_spans_is_left_to_the_general_way(line: bytes) -> None:
    assert otlp_typed.spans(line) is None
