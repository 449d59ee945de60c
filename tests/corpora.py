"""Corpora on disk, a few words a case."""

from pathlib import Path

from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect


def add_cases(folder: Path, texts: dict[str, str]) -> None:
    """Write a case for each text, under these ids."""
    for id_, text in texts.items():
        case = Case(
            id=id_,
            target="support",
            messages=(CaseMessage(role="user", content=text),),
            expect=(Expect(type="equals", value="42"),),
        )
        case_file.write(folder, case)
