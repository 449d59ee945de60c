"""Validators that compare the answer with given texts."""

from collections.abc import Callable, Iterable

from tailllm.config.graders import (
    ContainsSpec,
    EqualsSpec,
    Literally,
    NotContainsSpec,
    NotEqualsSpec,
    NotStartsWithSpec,
    StartsWithSpec,
)
from tailllm.validators.answer import of_text
from tailllm.validators.texts import quote
from tailllm.validators.verdict import PASSED, Judge, Verdict, failed

Fold = Callable[[str], str]


def equals(spec: EqualsSpec | NotEqualsSpec, *, wanted: bool) -> Judge:
    """`equals` and `not_equals`."""
    fold = _fold(spec)
    value = fold(spec.value).strip()

    def judge(text: str) -> Verdict:
        if (fold(text).strip() == value) is wanted:
            return PASSED
        return failed(f"is not {quote(spec.value)}" if wanted else f"is {quote(spec.value)}")

    return of_text(judge)


def contains(spec: ContainsSpec) -> Judge:
    """Each of `value`, `any` and `all` that is given must hold."""
    fold = _fold(spec)
    needed = (*(() if spec.value is None else (spec.value,)), *spec.all)

    def judge(text: str) -> Verdict:
        folded = fold(text)
        missing = [part for part in needed if fold(part) not in folded]
        if missing:
            return failed(f"does not contain {_list(missing)}")
        if spec.any and not any(fold(part) in folded for part in spec.any):
            return failed(f"contains none of {_list(spec.any)}")
        return PASSED

    return of_text(judge)


def not_contains(spec: NotContainsSpec) -> Judge:
    """None of the texts is there."""
    fold = _fold(spec)

    def judge(text: str) -> Verdict:
        folded = fold(text)
        for part in spec.value:
            at = folded.find(fold(part))
            if at >= 0:
                return failed(f"contains {quote(part)} at character {at + 1}")
        return PASSED

    return of_text(judge)


def starts_with(spec: StartsWithSpec | NotStartsWithSpec, *, wanted: bool) -> Judge:
    """`starts_with` and `not_starts_with`."""
    fold = _fold(spec)
    openings = tuple(fold(part).lstrip() for part in spec.value)

    def judge(text: str) -> Verdict:
        if fold(text).lstrip().startswith(openings) is wanted:
            return PASSED
        word = "does not start" if wanted else "starts"
        return failed(f"{word} with {_list(spec.value)}, but {quote(text.lstrip()[:40])}")

    return of_text(judge)


def _fold(spec: Literally) -> Fold:
    return str.casefold if spec.ignore_case else str


def _list(texts: Iterable[str]) -> str:
    return ", ".join(quote(text) for text in texts)
