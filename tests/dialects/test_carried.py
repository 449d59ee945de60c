"""Every format is the same inside a wrapper, under a key of a log line, and as a string in one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import Reading, raw_lines, read
from tests.dialects.test_golden import FILES
from tests.dialects.test_wrappers import cri, docker, journald

BARE = [path for path in FILES if path.parent.name not in {"wrappers", "app_logs"}]
EVERYTHING_AT_ONCE = 1_000_000


def under_a_key(line: bytes) -> list[bytes]:
    around = {"level": "info", "event": "llm_call", "port": 7, "llm": json.loads(line)}
    return [json.dumps(around).encode()]


def as_a_string(line: bytes) -> list[bytes]:
    return [json.dumps({"severity": "INFO", "message": line.decode()}).encode()]


def told(reading: Reading) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, facts(call))) for call in reading.calls())


def facts(call: Call) -> tuple[Any, ...]:
    said = (call.format, call.response_id, call.output_text, call.tool_calls, call.error_message)
    return (*said, call.status, call.usage, call.latency_ms)


def carried(path: Path, carry: Callable[..., list[bytes]], **how: int) -> Reading:
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    text = b"\n".join(part for line in lines for part in carry(line, **how))
    return read(raw_lines(text), batch=EVERYTHING_AT_ONCE)


@pytest.mark.parametrize("wrap", [cri, docker, journald])
@pytest.mark.parametrize("path", BARE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_wrapped_log_holds_the_same_calls(path: Path, wrap: Callable[..., list[bytes]]) -> None:
    bare = read(raw_lines(path.read_bytes()), batch=EVERYTHING_AT_ONCE)

    assert told(carried(path, wrap, size=8_000)) == told(bare)


@pytest.mark.parametrize("carry", [under_a_key, as_a_string])
@pytest.mark.parametrize("path", BARE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_log_inside_a_loggers_lines_holds_the_same_calls(
    path: Path, carry: Callable[..., list[bytes]]
) -> None:
    if path.parent.name == "server_logs":
        pytest.skip("a server writes its lines itself")
    bare = read(raw_lines(path.read_bytes()), batch=EVERYTHING_AT_ONCE)

    assert told(carried(path, carry)) == told(bare)
