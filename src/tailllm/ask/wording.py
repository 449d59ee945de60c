"""Two texts, word by word: what is the same, what went, what came."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

Sign = Literal["same", "gone", "new"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 4_000
"""On both sides of a changed stretch: a longer one is shown as all gone and all new."""


ALIKE = 0.35
"""Of the longer text, that the other has too; with less, single words in common are chance."""


class Stretch(NamedTuple):
    """A run of text."""

    sign: Sign
    text: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return self._asdict()


def compare(old: str, new: str) -> tuple[Stretch, ...]:
    """The stretches of both texts in order.

    All that is `same` or `gone` makes up `old`, all that is `same` or `new` makes up `new`.
    Lines are compared first and words only where lines differ, so a long prompt stays cheap.
    """
    found: list[Stretch] = []
    for sign, text in _by_line(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if found and found[-1].sign == sign:
            found[-1] = Stretch(sign, found[-1].text + text)
        elif text:
            found.append(Stretch(sign, text))
    return tuple(found)


def is_same(stretches: Sequence[Stretch]) -> bool:
    """Whether nothing differs."""
    return all(one.sign == "same" for one in stretches)


def _by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sign, str]]:
    for same, before, after in _pieces(old, new):
        if same:
            yield "same", "".join(before)
        else:
            yield from _by_word("".join(before), "".join(after))


def _by_word(old: str, new: str) -> Iterator[tuple[Sign, str]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        yield "gone", old
        yield "new", new
        return
    pieces = list(_pieces(before, after))
    kept = sum(len("".join(gone).strip()) for same, gone, _ in pieces if same)
    if kept < ALIKE * max(len(old), len(new)):
        yield "gone", old
        yield "new", new
        return
    for same, gone, came in pieces:
        if same:
            yield "same", "".join(gone)
        else:
            yield "gone", "".join(gone)
            yield "new", "".join(came)


def _pieces(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        yield tag == "equal", old[i:j], new[k:m]
