"""What the start of a question or an answer gives away, without any model.

They look at what a row keeps: the first 160 characters of the last user text and of the
answer. They are signs, not verdicts.
"""

import re

from tailllm.records.row import Row

CAPS_LETTERS = 8
CAPS_SHARE = 0.7
_MARKS = re.compile("[?\uff1f\u061f]+")
_CLAUSES = re.compile(r"[,;.&!?\n]+|\band\b")
_ASKS = frozenset(
    {"who", "what", "when", "where", "why", "how", "which", "whose", "can", "could"}
    | {"is", "are", "do", "does", "did", "will", "would", "should"}
)
_REFUSALS = re.compile(
    r"\b(?:i(?:['’]m| am) (?:sorry|afraid|unable|not able)\b[^.!]{0,30}"
    r"\b(?:can(?:['’]t|not)|unable|not able|won['’]t)\b"
    r"|i (?:can(?:['’]t|not)|won['’]t|must decline to|am unable to)"
    r" (?:help|assist|answer|provide|discuss|comply|do that|share|support|continue|engage)"
    r"|as an ai\b|against my (?:guidelines|policy)"
    r"|je ne peux pas|ich kann (?:dir|ihnen|dabei)? ?nicht|no puedo|non posso|não posso)",
    re.IGNORECASE,
)
_LOOP = re.compile(r"(\S[^\n]{7,52}?)\s*(?:\1\s*){2,}", re.DOTALL)


def shouts(text: str) -> bool:
    """Whether a text is mostly capitals."""
    letters = [char for char in text if char.isupper() or char.islower()]
    shouted = sum(map(str.isupper, letters))
    return len(letters) >= CAPS_LETTERS and shouted >= CAPS_SHARE * len(letters)


def asks_several(text: str) -> bool:
    """Whether a text asks several things at once."""
    if len(_MARKS.findall(text)) > 1:
        return True
    clauses = (clause.split(None, 1) for clause in _CLAUSES.split(text.casefold()))
    return sum(clause[0] in _ASKS for clause in clauses if clause) > 1


def is_caps(row: Row) -> bool:
    """The user shouts."""
    return shouts(row.preview)


def is_multi_question(row: Row) -> bool:
    """The user asks several things at once."""
    return asks_several(row.preview)


def is_refusal(row: Row) -> bool:
    """The model, or the provider's filter, says no."""
    return row.finish_reason == "content_filter" or _REFUSALS.search(row.reply) is not None


def is_empty(row: Row) -> bool:
    """An answer came and says nothing: no text, no tool called.

    Where the log holds no question either, it holds no texts at all.
    """
    came = row.status == "ok" and row.state == "done" and not row.tool_calls
    return came and bool(row.preview) and not row.reply.strip()


def is_cut(row: Row) -> bool:
    """The answer ends because there was no room."""
    return row.finish_reason == "length"


def repeats_itself(row: Row) -> bool:
    """The answer says the same thing three times in a row."""
    return _LOOP.search(row.reply) is not None


FINDERS = {
    "caps": is_caps,
    "multi-question": is_multi_question,
    "refusal": is_refusal,
    "empty": is_empty,
    "cut": is_cut,
}
"""What a row alone can tell."""
