"""Logs of native lines, and feeds over them."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tailllm.config.model import Config
from tailllm.feed.feed import Feed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def native(number: int, **fields: Any) -> bytes:
    """A boring native line, one second after the one before it."""
    line = {
        "tailllm": 1,
        "ts": (NOON + timedelta(seconds=number)).isoformat(),
        "ms": 900.0,
        "id": f"chatcmpl-{number:04d}",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "prompt": {"name": "billing", "version": "v14"},
        "messages": [
            {"role": "system", "content": "You answer in two sentences."},
            {"role": "user", "content": f"question {number}"},
        ],
        "output": f"answer {number}",
        "finish": "stop",
        "usage": {"input": 100, "output": 10},
    }
    return json.dumps(line | fields).encode() + b"\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


@pytest.fixture
def open_feed() -> Iterator[Callable[..., Feed]]:
    feeds: list[Feed] = []

    def make(*targets: Path | str, config: Config | None = None, **options: Any) -> Feed:
        feed = Feed([str(target) for target in targets], config or Config(), **options)
        feeds.append(feed)
        feed.load()
        return feed

    yield make
    for feed in feeds:
        feed.close()
