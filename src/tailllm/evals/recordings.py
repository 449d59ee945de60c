"""Answers that git keeps, so that every commit can be judged without a model.

One file for each target, one line for each answer, sorted: the diff shows a reviewer what an
edit of the prompt did to every answer. No header and no request stands in it.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tailllm.errors import SourceError
from tailllm.evals import lines
from tailllm.evals.answers import Answer

FOLDER = "recordings"


class Recorded(NamedTuple):
    """One answer and what it answers."""

    id: str
    """Of the case."""
    sample: int
    key: str
    """Name of the request, see `asking.Request.key`."""
    answer: Answer


def path_of(corpus: Path, target: str) -> Path:
    """The file of a target; its name may hold anything, so it is made a plain one."""
    return corpus / FOLDER / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', target).lstrip('.') or '_'}.jsonl"


def read(corpus: Path, targets: Iterable[str]) -> dict[str, Recorded]:
    """The recorded answers of some targets, by key.

    Raises:
        SourceError: A line cannot be understood.
    """
    found = {}
    for target in targets:
        path = path_of(corpus, target)
        for line in lines.read(path):
            recorded = _recorded(path, line)
            found[recorded.key] = recorded
    return found


def write(corpus: Path, answers: Mapping[str, Iterable[Recorded]]) -> None:
    """Put these answers in the place of those recorded for the same cases.

    Args:
        answers: By target. Answers of cases that are not among them stay.

    Raises:
        CorpusError: The disk refuses.
    """
    for target, given in answers.items():
        new = list(given)
        asked = {recorded.id for recorded in new}
        kept = [old for old in read(corpus, [target]).values() if old.id not in asked]
        lines.write(path_of(corpus, target), (_line(one) for one in _sorted([*kept, *new])))


def drop(corpus: Path, targets: Iterable[str], ids: frozenset[str]) -> None:
    """Forget the answers of cases that are gone: all but `ids`."""
    for target in targets:
        kept = [one for one in read(corpus, [target]).values() if one.id in ids]
        if path_of(corpus, target).exists():
            lines.write(path_of(corpus, target), (_line(one) for one in _sorted(kept)))


def _sorted(recorded: list[Recorded]) -> list[Recorded]:
    return sorted(recorded, key=lambda one: (one.id, one.sample, one.key))


def _line(recorded: Recorded) -> lines.Line:
    head = {"id": recorded.id, "sample": recorded.sample, "key": recorded.key}
    return head | {"ms": round(recorded.answer.ms, 1), "response": recorded.answer.body}


def _recorded(path: Path, line: lines.Line) -> Recorded:
    try:
        answer = Answer(line["response"], float(line["ms"]))
        return Recorded(str(line["id"]), int(line["sample"]), str(line["key"]), answer)
    except (KeyError, TypeError, ValueError):
        raise SourceError(
            f"{path}: a line is no recorded answer: {str(line)[:80]}",
            fix="Take the file from git, or run `tailllm eval --live` to make it again.",
        ) from None
