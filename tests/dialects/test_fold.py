"""One part alone comes to the same fields by the short cut as by the general way."""

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tailllm.dialects.fold import fold
from tailllm.dialects.reader import Reader
from tailllm.records.line import Address
from tailllm.records.part import Part, Reject
from tests.dialects.reading import raw_lines
from tests.dialects.test_golden import FILES

NOTHING_MORE = Part((), {"_rank": 0}, Address("f", 0, 0), "piece")
"""A part that adds nothing sends the others the general way."""
SAID: dict[str, list[Any]] = {
    "status": [None, "ok", "error", "incomplete"],
    "http_status": [None, 200, 429],
    "finish_reason": [None, "stop", "content_filter"],
    "refusal": [None, "no"],
    "output_text": [None, "", "no"],
    "output_messages": [None, [], [{"role": "assistant", "content": None}]],
    "response_model": [None, "claude-x", "gpt-4o"],
    "content": ["full", "truncated", "partial"],
    "error_type": [None, "429"],
    "state": [None, "done", "partial"],
}
MANY = 25


def same(part: Part) -> None:
    general = fold([deepcopy(part), NOTHING_MORE])

    assert sorted(fold([deepcopy(part)]).items()) == sorted(general.items())


def parts(path: Path) -> list[Part]:
    lines = raw_lines(path.read_bytes())
    reader = Reader("f")
    reader.settle([line.text for line in lines[:50]])
    found = [one for one in reader.take(lines) if not isinstance(one, Reject)]
    return [part for one in found for part in one if part.kind in ("piece", "whole")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_part_alone_is_the_same_call_as_beside_one_that_says_nothing(path: Path) -> None:
    random, found = Random(path.name), parts(path)
    for part in random.sample(found, min(MANY, len(found))):
        same(part)
        name = random.choice(list(part.fields))
        kept = {key: value for key, value in part.fields.items() if key != name}
        same(part._replace(fields=kept))
        for _ in range(5):
            said = {key: random.choice(SAID[key]) for key in random.sample(list(SAID), 3)}
            same(part._replace(fields=part.fields | said))
