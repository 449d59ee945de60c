"""Which cases are worded like this one: n-grams of words and letters, no model.

It sees wording, not meaning, and that is what it is for: to say that somebody kept almost
this already, and that nobody kept it in this language or this style.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tailllm.corpus.case import Case
from tailllm.corpus.interaction import user_text

NEAR = 0.2
"""From this cosine on two messages are about the same thing in much the same words."""
ALMOST = 0.85
"""From this cosine on a second case would hardly teach anything."""
LOOKED_AT = 2_000
"""Characters of a message that are compared; the question is at the start, or it is a document."""

_WORD = re.compile(r"\w+")
_QUESTION = re.compile(r"[?？¿؟]")

FEW = 3
"""Languages that a short text may speak for; words that are of more tell nothing."""
GUESS = 3
"""How often a short text is repeated to see which language its few words speak for."""
Language = Callable[[str], Sequence[str]]
"""A text's likeliest languages as codes; empty when nobody can tell."""


class Near(NamedTuple):
    """A case and how alike it is."""

    case: Case
    likeness: float
    """Cosine, 0 to 1; exactly the same question is 1."""


class Nearest:
    """The cases of a corpus, ready to be compared with."""

    def __init__(self, cases: Iterable[Case], *, language: Language) -> None:
        self._cases = [case for case in cases if case.status != "retired"]
        self._language = language
        self._by_content = {case.content_id: case for case in self._cases}
        self._places: dict[str, list[int]] = defaultdict(list)
        grams = [_grams(user_text(case.messages)) for case in self._cases]
        for number, found in enumerate(grams):
            for gram in found:
                self._places[gram].append(number)
        self._unseen = _rarity(0, len(grams))
        self._rarity = {g: _rarity(len(places), len(grams)) for g, places in self._places.items()}
        self._lengths = [self._length(found) for found in grams]

    def __len__(self) -> int:
        return len(self._cases)

    def exact(self, content_id: str) -> Case | None:
        """The case that asks exactly this."""
        return self._by_content.get(content_id)

    def near(self, text: str, *, least: float = NEAR) -> list[Near]:
        """Every case at least so alike, the likest first."""
        grams = _grams(text)
        shared: dict[int, float] = defaultdict(float)
        for gram in grams & self._places.keys():
            weight = self._rarity[gram]
            for number in self._places[gram]:
                shared[number] += weight
        length = self._length(grams)
        found = [
            Near(self._cases[n], min(1.0, weight / (length * self._lengths[n])))
            for n, weight in shared.items()
        ]
        found = [near for near in found if near.likeness >= least]
        return sorted(found, key=lambda near: (-near.likeness, near.case.id))

    def told(self, text: str, content_id: str) -> str:
        """One sentence: `3 similar cases, none in French`."""
        same = self.exact(content_id)
        if same:
            return f"exactly this is case {same.id}"
        near = self.near(text)
        if not near:
            if not len(self):
                return "no cases yet"
            return f"nothing like it in {_counted(len(self))}: a blind spot"
        others = [user_text(found.case.messages) for found in near]
        missing = self._missing(text, others)
        start = f"{len(near)} similar case{'s' if len(near) > 1 else ''}"
        almost = f", {near[0].case.id} almost the same" if near[0].likeness >= ALMOST else ""
        return f"{start}{almost}{''.join(f', none {style}' for style in missing)}"

    def _missing(self, text: str, others: Sequence[str]) -> list[str]:
        """Ways in which this message is unlike all that are like it."""
        found = []
        language = self._language(text)[:1]
        if language and not any(language[0] in self._spoken(other) for other in others):
            found.append(f"in {NAMES.get(language[0], language[0])}")
        for style, has in STYLES.items():
            if has(text) and not any(map(has, others)):
                found.append(style)
        return found

    def _spoken(self, text: str) -> Sequence[str]:
        """Its languages; of a text with too few words those that they speak for, if few.

        `I WANT MY MONEY BACK` is no proof, but "none in English" of it would be wrong.
        """
        guessed = self._language(" ".join([text] * GUESS))
        return self._language(text) or (guessed if len(guessed) <= FEW else ())

    def _length(self, grams: frozenset[str]) -> float:
        return math.sqrt(sum(self._rarity.get(gram, self._unseen) for gram in grams)) or 1.0


def _grams(text: str) -> frozenset[str]:
    """Words, told by a leading blank, and pieces of four letters, all in small letters."""
    words = _WORD.findall(text[:LOOKED_AT].casefold())
    joined = "_".join(words)
    pieces = {joined[start : start + 4] for start in range(max(1, len(joined) - 3))}
    return frozenset(pieces.union(f" {word}" for word in words) - {""})


def _rarity(cases: int, total: int) -> float:
    """The square of a gram's weight: what many cases share counts little."""
    return (1 + math.log((total + 1) / (cases + 1))) ** 2


def _counted(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"


def _shouts(text: str) -> bool:
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    return len(letters) > 8 and sum(map(str.isupper, letters)) > 0.7 * len(letters)


def _asks_more(text: str) -> bool:
    return len(_QUESTION.findall(text)) > 1


STYLES: dict[str, Callable[[str], bool]] = {
    "in capitals": _shouts,
    "with several questions": _asks_more,
}
NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew",
    "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""Languages by the codes that detectors give."""
