"""A server on loopback, a log, and how to read what was recorded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tailllm import record
from tests.record.server import Server
from tests.wait import PATIENCE_S

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


@pytest.fixture
def lines(log: Path) -> Lines:
    """All that is recorded once nothing is waiting."""

    def read() -> list[dict[str, Any]]:
        assert record.flush(PATIENCE_S)
        return [json.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []

    return read


def body_of(line: bytes, name: str) -> bytes:
    """The exact bytes of a body in a line, as they went over the wire."""
    value = json.loads(line)[name]
    if isinstance(value, str):
        return value.encode()
    start = line.index(f'"{name}":'.encode()) + len(name) + 3
    _, end = json.JSONDecoder().raw_decode(line[start:].decode())
    return line[start:].decode()[:end].encode()
