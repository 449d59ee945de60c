"""What is wrong with a corpus before anything runs, and what is only worth a look."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from tailllm.config.kinds import spec
from tailllm.corpus.case import Case, Expect
from tailllm.corpus.case_file import HEX
from tailllm.corpus.cases import Loaded

OURS = frozenset({"validator", "not_observed"})
"""Checks that are no kind of validator: they name one, or look at what was observed."""


class Remark(NamedTuple):
    """Something about one file."""

    path: Path
    what: str
    """`key: what is wrong`, one line."""
    wrong: bool = True
    """Whether a run would not be a run of this corpus; else only worth a look."""


def remarks(loaded: Loaded, *, folder: Path, validators: Collection[str]) -> Iterator[Remark]:
    """Everything there is to say, by file.

    Args:
        loaded: The cases.
        folder: The corpus folder, where files named in checks start.
        validators: Names that `tailllm.toml` knows.
    """
    for path, what in loaded.problems:
        yield Remark(path, what)
    asked: dict[str, list[Case]] = defaultdict(list)
    for case in loaded.cases:
        path = loaded.paths[case.id]
        asked[case.content_id].append(case)
        for number, expect in enumerate(case.expect):
            wrong = _wrong(expect, folder, validators)
            if wrong:
                yield Remark(path, f"expect.{number}: {wrong}")
        yield from _looks(case, path)
    for same in asked.values():
        if len(same) > 1:
            others = ", ".join(case.id for case in same[1:])
            yield Remark(loaded.paths[same[0].id], f"messages: asks exactly what {others} asks")


def _wrong(expect: Expect, folder: Path, validators: Collection[str]) -> str | None:
    if expect.type == "validator":
        name = expect.parameters.get("name")
        return None if name in validators else f"there is no validator {name!r} in tailllm.toml"
    if expect.type in OURS:
        return None
    try:
        spec(expect.type, expect.parameters, folder=folder)
    except ValueError as error:
        return str(error)
    return None


def _looks(case: Case, path: Path) -> Iterator[Remark]:
    if not case.expect and case.status == "active":
        yield Remark(path, "expect: nothing is expected, so it cannot fail")
    if not case.id.endswith(case.content_id[:HEX]):
        yield Remark(path, f"id: the messages now have the id …-{case.content_id[:HEX]}", False)
    if path.stem != case.id:
        yield Remark(path, f"id: {case.id} is in a file of another name", False)
    if case.status == "draft":
        yield Remark(path, "status: a draft does not run", False)
