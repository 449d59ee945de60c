"""`tailllm drift`: what moved between two periods, for people and for machines."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.requests import requests

NEWEST = datetime.now(UTC)


def line(text: str, days_ago: float, number: int, model: str) -> str:
    at = (NEWEST - timedelta(days=days_ago)).isoformat()
    return json.dumps(
        {
            "ts": at,
            "ms": 500,
            "id": f"call-{number}",
            "request": {"model": model, "messages": [{"role": "user", "content": text}]},
            "response": {
                "model": model,
                "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}],
            },
        }
    )


def write(path: Path, before: list[str], now: list[str], models: tuple[str, str]) -> Path:
    rows = [line(t, 8 + 20 * n / len(before), n, models[0]) for n, t in enumerate(before)][::-1]
    rows += [line(t, 6 * n / len(now), 9000 + n, models[1]) for n, t in enumerate(now)][::-1]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def make(gas: int = 0, size: int = 300, models: tuple[str, str] = ("m-1", "m-1")) -> Path:
        rng = random.Random(4)
        now = requests(rng, size - gas) + requests(rng, gas, ("gas",))
        return write(tmp_path / "calls.jsonl", requests(rng, 3 * size), now, models)

    return make


@pytest.fixture
def drift(run: Run, tmp_path: Path) -> Run:
    corpus = tmp_path / "corpus"
    return lambda *argv: run("drift", *argv, "--corpus", corpus, "--cur", "7d", "--ref", "28d")


def test_a_burst_is_bad_news_named_by_its_term_with_calls_to_open(
    drift: Run, log: Callable[..., Path]
) -> None:
    found = drift(log(gas=30), "--json")
    (answer,) = (json.loads(found.raw),)
    first = answer["inputs"][0]

    assert found.code == 1
    assert "gas" in first["name"]
    assert first["calls"]
    assert answer["messages"] == {"before": 900, "after": 300}
    assert answer["answers"] == answer["provider"] == []


def test_a_period_like_the_one_before_is_fine(drift: Run, log: Callable[..., Path]) -> None:
    found = drift(log())

    assert found.code == 0
    assert "The inputs did not change." in found.out
    assert "The answers did not change." in found.out
    assert "The provider did not change." in found.out


def test_another_model_is_the_providers_change_and_nobody_elses(
    drift: Run, log: Callable[..., Path]
) -> None:
    answer = json.loads(drift(log(models=("m-1", "m-2")), "--json").raw)

    assert {one["what"] for one in answer["provider"]} == {"model"}
    assert answer["inputs"] == answer["answers"] == []


def test_too_little_data_is_neither_good_nor_bad(drift: Run, log: Callable[..., Path]) -> None:
    found = drift(log(gas=30, size=50))

    assert found.code == 3
    assert "Too little data" in found.out


def test_the_weeks_are_a_table_and_json_with_shares_and_their_counts(
    drift: Run, log: Callable[..., Path]
) -> None:
    path = log(size=120)
    weeks = json.loads(drift(path, "--weeks", "--json").raw)

    assert sum(week["messages"] for week in weeks) == 480
    assert {week["blind"]["share"] for week in weeks} == {None}
    assert "mark to case" in drift(path, "--weeks").out
