"""What every test gets: a home of its own, UTC, and boring valid records to vary."""

import gc
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tailllm.records.line import Address
from tailllm.records.row import Row
from tests import amounts

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC: the day of the sample logs."""

GARBAGE_AFTER = 50_000
"""New objects between two looks for rings of garbage, as in the program itself."""


def pytest_configure(config: pytest.Config) -> None:
    """The long tests try all; every commit a part."""
    amounts.choose(short="not long" in config.option.markexpr)
    gc.set_threshold(GARBAGE_AFTER)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through all of it for garbage cost a third of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new path at each step. Most tests need no folder of their own, and making one costs."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees or touches the home of whoever runs it."""
    folder = next(homes)
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("TAILLLM_CORPUS", "NO_COLOR", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    return folder


@pytest.fixture
def make_row() -> Callable[..., Row]:
    """A boring good call; a test names only the field it is about."""
    numbers = count()

    def make(**fields: object) -> Row:
        n = next(numbers)
        plain: dict[str, object] = {
            "key": f"resp:chatcmpl-{n:05d}",
            "format": "native",
            "status": "ok",
            "state": "done",
            "at": NOON + n,
            "arrived": NOON + n,
            "latency_ms": 900.0 + n % 7,
            "ttft_ms": 200.0,
            "operation_name": "chat",
            "provider_name": "openai",
            "model": "gpt-4o-mini",
            "prompt_name": "billing",
            "prompt_version": "v14",
            "finish_reason": "stop",
            "input_tokens": 1000 + n,
            "output_tokens": 100,
            "cache_read_input_tokens": None,
            "reasoning_output_tokens": None,
            "cost": None,
            "error_type": None,
            "http_status": 200,
            "trace_id": None,
            "conversation_id": f"sess-{n // 3}",
            "user_id": "user-1",
            "host": None,
            "route": None,
            "tool_calls": 0,
            "verdicts": (("max_length", "passed"),),
            "preview": "Where can I see my past rides?",
            "reply": "Open the app, tap Account, then Rides.",
            "source": (Address("1:2:abcd", n * 1000, 999),),
        }
        return Row(**(plain | fields))  # type: ignore[arg-type]

    return make
