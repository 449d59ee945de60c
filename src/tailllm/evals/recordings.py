"""Answers that git keeps, so that every commit can be judged without a model.

One file for each target, one line for each answer, sorted: the diff shows a reviewer what an
edit of the prompt did to every answer. No header and no request stands in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
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
    return {one.key: one for target in targets for one in _each(path_of(corpus, target))}


def write(
    corpus: Path,
    answers: Mapping[str, Iterable[Recorded]],
    *,
    known: frozenset[str] | None = None,
) -> None:
    """Put these answers in the place of those recorded for the same cases.

    Args:
        answers: By target. Answers of cases that are not among them stay.
        known: All cases of the corpus: answers of others go. None: nobody knows them all.

    Raises:
        CorpusError: The disk refuses.
    """
    for target, given in answers.items():
        new, path = list(given), path_of(corpus, target)
        asked = {recorded.id for recorded in new}
        # One by one: of a whole run, none of the old answers is needed at all.
        old = (one for one in _each(path) if one.id not in asked and _is_known(one, known))
        new += {one.key: one for one in old}.values()
        if new or path.exists():
            lines.write(path, (_line(one) for one in _sorted(new)))


def _is_known(old: Recorded, known: frozenset[str] | None) -> bool:
    return known is None or old.id in known


def _each(path: Path) -> Iterator[Recorded]:
    return (_recorded(path, line) for line in lines.read(path))


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
