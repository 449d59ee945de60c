"""How much two texts are written alike: cosine of their three-letter pieces, in linear time."""

from collections import Counter
from math import sqrt

from tailllm.config.graders import NotSimilaritySpec, SimilaritySpec
from tailllm.validators.answer import of_text
from tailllm.validators.verdict import Judge, Verdict

LOOKED_AT = 50_000
"""Characters of a text that are compared; an answer without end must not stop the view."""

Pieces = Counter[str]


def pieces(text: str) -> Pieces:
    """The three-letter pieces; case and runs of blanks do not count."""
    plain = f" {' '.join(text[:LOOKED_AT].casefold().split())} "
    return Counter(plain[i : i + 3] for i in range(len(plain) - 2))


def likeness(one: Pieces, other: Pieces) -> float:
    """0 when nothing is shared, 1 when the pieces are the same."""
    if not one or not other:
        return float(one == other)
    shared = sum(count * other[piece] for piece, count in one.items())
    return shared / sqrt(_square(one) * _square(other))


def similarity(spec: SimilaritySpec) -> Judge:
    """The answer is at least so similar."""
    wanted = pieces(spec.value)

    def judge(text: str) -> Verdict:
        score = likeness(wanted, pieces(text))
        passed = score >= spec.min
        return Verdict(passed, _why(score, "under", spec.min, passed), score=score)

    return of_text(judge)


def not_similarity(spec: NotSimilaritySpec) -> Judge:
    """The answer is at most so similar."""
    feared = pieces(spec.value)

    def judge(text: str) -> Verdict:
        score = likeness(feared, pieces(text))
        passed = score <= spec.max
        return Verdict(passed, _why(score, "over", spec.max, passed), score=score)

    return of_text(judge)


def _why(score: float, side: str, limit: float, passed: bool) -> str | None:
    return None if passed else f"similarity {score:.3f}, {side} {limit:g}"


def _square(counted: Pieces) -> int:
    return sum(count * count for count in counted.values())
