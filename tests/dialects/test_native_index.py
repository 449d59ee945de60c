"""What is gathered for the index is what rows of the same lines say."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.feed.portion import Portion, Portions
from tailllm.sources.follow import Follower
from tailllm.store.columns import COLUMNS, NAMED
from tailllm.store.store import Store
from tests.amounts import examples
from tests.dialects.test_native_batch import KEYS, LOGS, calls, some, words

plain = st.fixed_dictionaries(
    {"ts": st.floats(1e9, 2e9), "output": words},
    optional={key: KEYS[key] for key in KEYS if key not in {"ts", "output"}},
)
alike = st.fixed_dictionaries(
    {"ts": st.floats(1e9, 2e9), "output": st.just("x"), "model": words, "id": words},
    optional={
        "prompt": some({"name": words, "version": words}),
        "checks": st.lists(some({"name": words, "ok": st.booleans() | st.none()}), max_size=2),
        "usage": some({"input": st.integers(0, 2**40), "cached": st.integers(0, 2**40)}),
        "ms": st.floats(0, 1e6),
        "user": words,
        "session": words,
        "conversation": words,
        "tool_calls": st.lists(some({"name": words}), max_size=2),
    },
)


def told(log: Path, *, wants_rows: bool) -> list[object]:
    """All that the store learns of a log that is read in one portion, and its rejects."""
    follower = Follower([str(log)], follow=False)
    past = follower.past[0]
    follower.close()
    asked = Portion(past.origin(), 0, past.size, past.size, 1_795_350_000.0, wants_rows)
    answer = Portions().read(asked)
    if answer is None:
        return []
    store = Store(window_size=1)
    try:
        assert store.adopt(answer.ready, [])
        names = [name for name, _ in COLUMNS]
        rows = store.ledger.ask(f"SELECT {', '.join(names)} FROM calls ORDER BY seq DESC")
        looks: dict[str, Any] = dict.fromkeys(NAMED, store.ledger.names.name)
        looks["verdicts"] = store.ledger.verdicts.name
        table = [
            [
                looks[name](value) if name in looks else value
                for name, value in zip(names, row, strict=True)
            ]
            for row in rows
        ]
        latencies = sorted(map(repr, answer.ready.latencies.items()))
        ends = store.oldest_at, store.newest_at
        return [repr(table), latencies, ends, answer.rejects, answer.start]
    finally:
        store.close()


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_the_index_of_every_sample_is_that_of_its_rows(path: Path) -> None:
    if path.stat().st_size:
        assert told(path, wants_rows=False) == told(path, wants_rows=True)


@settings(max_examples=examples(24))
@given(
    st.lists(st.one_of(alike, alike, alike, plain, calls, st.just(None)), min_size=1, max_size=30)
)
def test_the_index_of_any_lines_is_that_of_their_rows(
    tmp_path_factory: pytest.TempPathFactory, log: list[dict[str, Any] | None]
) -> None:
    lines = [
        b"no call" if call is None else json.dumps({"tailllm": 1} | call).encode() for call in log
    ]
    path = tmp_path_factory.mktemp("log") / "calls.jsonl"
    path.write_bytes(b'{"tailllm": 1}\n' + b"\n".join(lines) + b"\n")

    assert told(path, wants_rows=False) == told(path, wants_rows=True)
