"""A corpus of any size opens at once, and the short way says what the long way says."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.corpus.fold import fold, standing_keys
from tailllm.corpus.marks import Marks
from tests.amounts import examples
from tests.corpus.writer import call

WORDS = st.tuples(
    st.sampled_from(["mark", "mark", "edit", "unmark", "torn", "blank", "newer", "split"]),
    st.integers(0, 5),
    st.integers(0, 2),
)


def written(kind: str, number: int, host: int) -> str:
    if kind in ("torn", "blank"):
        return '{"schema":1,"ki' if kind == "torn" else ""
    schema = 2 if kind == "newer" else 1
    head = {"schema": schema, "kind": "mark" if kind in ("newer", "split") else kind}
    head |= {"mark_id": f"{number}", "key": f"resp:{number}@{host}" if host else ""}
    line = json.dumps(head)
    return line.replace(",", ",\n", 1) if kind == "split" else line


@settings(max_examples=examples(150))
@given(st.lists(WORDS, max_size=30))
def test_the_keys_are_those_of_the_marks_that_stand(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int, int]]
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "marks.jsonl"
    path.write_text("".join(written(*words) + "\n" for words in history))

    assert standing_keys((path,)) == fold((path,)).keys


def test_marks_among_many_are_found_where_they_are(marks_of: Callable[..., Marks]) -> None:
    marks = marks_of()
    kept = [marks.mark(call(f"n{n}", 3000), [], paths={}) for n in range(100)]
    found = {mark.mark_id: marks.whole(mark).call.key for mark in marks.read().marks}

    assert found == {one.mark_id: f"resp:n{n}" for n, one in enumerate(kept)}
    assert marks.keys() == marks.read().keys


@pytest.mark.long
def test_a_large_corpus_opens_in_less_time_than_it_takes_to_read_all_that_was_said(
    marks: Marks, tmp_path: Path
) -> None:
    marks.mark(call("x", 500), [], paths={})
    line = marks.path.read_text()
    mark_id = json.loads(line)["mark_id"]
    with marks.path.open("w") as file:
        for n in range(200_000):
            file.write(line.replace(mark_id, f"{n:064x}").replace("resp:x", f"resp:{n}", 1))
    ways: dict[str, Callable[[], int]] = {
        "keys": lambda: len(marks.keys()),
        "all": lambda: len(marks.read().keys),
    }
    taken: dict[str, list[float]] = {"keys": [], "all": []}
    for _ in range(3):
        for name, way in ways.items():
            begun = time.process_time()
            assert way() == 200_000
            taken[name].append(time.process_time() - begun)

    assert min(taken["keys"]) < 0.8 * min(taken["all"])
