"""What the reading path makes of the samples is what the manifest says is in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tailllm.store.stats import Stats

SAMPLES = Path(__file__).parents[2] / "sample_logs"
MANIFEST: dict[str, dict[str, Any]] = json.loads((SAMPLES / "MANIFEST.json").read_text("utf-8"))
PLAIN = [name for name, truth in MANIFEST.items() if "expect" not in truth]
ODD = [name for name, truth in MANIFEST.items() if "expect" in truth]


def read(*names: str) -> Feed:
    """The samples, read as a headless command reads them."""
    feed = Feed([str(SAMPLES / name) for name in names], Config(), follow=False)
    try:
        feed.load()
        while feed.step():
            pass
    finally:
        feed.close()
    return feed


def verdicts(stats: Stats) -> dict[str, dict[str, int]]:
    validators: dict[str, dict[str, int]] = stats.as_json()["validators"]
    return {name: {"passed": n["passed"], "failed": n["failed"]} for name, n in validators.items()}


@pytest.mark.parametrize("name", PLAIN)
def test_every_call_is_found_once_with_its_numbers(name: str) -> None:
    truth = MANIFEST[name]
    stats = read(name).store.stats()

    assert stats.calls == truth["calls"]
    assert stats.errors == truth["errors"]
    assert stats.failed == truth["failing"]
    assert stats.input_tokens.sum == truth["input_tokens"]
    assert stats.output_tokens.sum == truth["output_tokens"]
    assert verdicts(stats) == truth["validators"]


@pytest.mark.parametrize("name", PLAIN)
def test_every_other_line_is_counted(name: str) -> None:
    truth = MANIFEST[name]
    rejects = read(name).rejects

    assert rejects.broken == truth["broken"]
    assert rejects.other >= truth["other"]


@pytest.mark.parametrize("name", PLAIN)
def test_calls_are_grouped_by_model_and_by_prompt(name: str) -> None:
    truth = MANIFEST[name]
    store = read(name).store
    by_model, by_prompt = (store.stats(by=by).as_json()["groups"] for by in ("model", "prompt"))

    assert {group["model"]: group["calls"] for group in by_model} == truth["by_model"]
    if truth["format"] != "otel_genai":  # spans have a name of the prompt and no version
        assert {group["prompt"]: group["calls"] for group in by_prompt} == truth["by_prompt"]


@pytest.mark.parametrize("name", ODD)
def test_no_line_is_swallowed(name: str) -> None:
    truth = MANIFEST[name]
    feed = read(name)
    calls = feed.store.stats().calls
    may_be_either = truth["any"]

    assert truth["calls"] <= calls <= truth["calls_at_most"]
    assert truth["broken"] <= feed.rejects.broken <= truth["broken"] + may_be_either
    assert truth["other"] <= feed.rejects.other <= truth["other"] + may_be_either


@pytest.mark.parametrize("name", ODD)
def test_every_odd_line_is_what_it_is_expected_to_be(name: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    starts = [0]
    for line in raw.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    feed = read(name)
    kinds = {reject.address.offset: reject.kind for reject in feed.rejects.latest}
    found = {
        number: kinds.get(starts[int(number) - 1])
        for number, expected in MANIFEST[name]["expect"].items()
        if expected != "any"
    }
    wanted = {n: kind for n, kind in MANIFEST[name]["expect"].items() if kind != "any"}

    assert found == wanted


def test_a_hostile_call_can_be_opened() -> None:
    feed = Feed([str(SAMPLES / "hostile.jsonl")], Config(), follow=False)
    try:
        feed.load()
        window = feed.window
        opened = [feed.call(row) for n in range(window.first, window.end) if (row := window.at(n))]
    finally:
        feed.close()

    assert len(opened) >= MANIFEST["hostile.jsonl"]["calls"]


def test_a_rotated_log_is_read_once() -> None:
    generations = [name for name in MANIFEST if name.startswith("rotated/")]
    plain = [name for name in generations if not name.endswith(".gz")]
    calls = read("rotated").store.stats().calls

    assert calls == sum(MANIFEST[name]["calls"] for name in plain)
