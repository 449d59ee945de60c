"""Bytes to values: the quick decoder and the patient one say the same."""

import pytest

from tailllm.dialects.decode import decode, patiently
from tests.dialects.reading import SAMPLES


def test_the_first_frame_reads_every_sample_line_as_the_feed_does() -> None:
    lines = {line for path in SAMPLES.rglob("*.jsonl") for line in path.read_bytes().splitlines()}

    assert len(lines) > 100
    assert [line for line in lines if patiently(line) != decode(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b'{"a": 1} {"b": 2}',
        b'{"a": NaN, "b": 1e999, "c": -0.0, "d": 1E2}',
        b'{"a": ' + b"9" * 4_400 + b"}",
        b'{"a": 18446744073709551616, "b": -9223372036854775809}',
        b'{"a": "\\ud83d", "b": "\\ud83d\\ude00"}',
        b'{"a": "\xff\xfe"}',
        b'{"a": "tab\there"}',
        b'{"a": 1, "a": 2}',
        b'{"a": [1, 2',
        b'{"a": 01}',
        b"plain text",
        b"[" * 9_000,
        b'"only a text"',
        b" null \0",
    ],
)
def test_odd_lines_are_read_alike_by_both(line: bytes) -> None:
    quick, patient = decode(line), patiently(line)

    assert repr(quick) == repr(patient)
