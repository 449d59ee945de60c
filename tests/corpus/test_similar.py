"""What of the corpus is worded like this, and what it lacks."""

from collections.abc import Sequence

from tailllm.corpus.case import Case, CaseMessage
from tailllm.corpus.similar import Nearest
from tailllm.validators.language import detect

SAID = (
    "I want to cancel my order please",
    "please cancel my order, it is not packed yet",
    "can I cancel the order I placed in the morning?",
    "does the compost bin fit on a small balcony",
    "how do I overwinter a fig tree?",
)


def corpus(*texts: str) -> Nearest:
    return Nearest(list(map(case, texts)), language=detect)


def case(text: str) -> Case:
    slug = f"case-{abs(hash(text)) % 10**8}"
    return Case(id=slug, target="t", messages=[CaseMessage(role="user", content=text)])


def texts(found: Sequence[object]) -> list[str]:
    return [near.case.messages[0].content for near in found]  # type: ignore[attr-defined]


def test_the_likest_cases_come_first_and_unlike_ones_not_at_all() -> None:
    found = corpus(*SAID).near("please cancel my order")

    assert texts(found) == [SAID[1], SAID[0]]


def test_exactly_the_same_question_is_named() -> None:
    same = case(SAID[3])

    assert corpus(*SAID).told(SAID[3], same.content_id) == f"exactly this is case {same.id}"


def test_a_language_nobody_has_kept_is_told() -> None:
    told = corpus(*SAID, "cancel la commande").told(
        "je veux cancel la commande et le bin, vous ne pouvez pas ?", ""
    )

    assert told.startswith("1 similar case, none in French")


def test_a_few_words_in_capitals_have_a_language_too() -> None:
    told = corpus("I WANT MY MONEY BACK").told(
        "My cactus came in pieces, I want my money back, and do I keep the pot?", ""
    )

    assert told == "1 similar case"


def test_a_style_nobody_has_kept_is_told() -> None:
    told = corpus(*SAID).told("CAN I CANCEL MY ORDER?? PLEASE CANCEL MY ORDER", "")

    assert told == "3 similar cases, none in capitals, none with several questions"


def test_a_question_like_no_other_is_a_blind_spot() -> None:
    told = corpus(*SAID).told("quantum chromodynamics", "")

    assert told == "nothing like it in 5 cases: a blind spot"


def test_a_corpus_without_cases_has_nothing_to_compare_with() -> None:
    assert corpus().told("hi", "") == "no cases yet"
