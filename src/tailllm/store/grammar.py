"""Text of a filter cut into tokens: brackets, NOT, OR, AND and terms."""

import re
from typing import Literal, NamedTuple

from tailllm.errors import FilterError

TokenKind = Literal["open", "close", "not", "or", "and", "term"]
_KEYWORDS: dict[str, TokenKind] = {"OR": "or", "AND": "and"}
_FIELD = re.compile(r"([^\W\d]\w*|\$)(>=|<=|!=|[:=<>])")
MOST_CHARACTERS = 4096
"""Nobody types more; keeps the depth of brackets, too, from exhausting the stack."""


class Token(NamedTuple):
    """A piece of the filter."""

    kind: TokenKind
    text: str = ""
    """The word, or the value behind a field; quotes removed."""
    field: str = ""
    operator: str = ""
    quoted: bool = False
    """Whether any of it stood in quotes: then `*` and `|` mean themselves."""
    start: int = 0
    end: int = 0
    """Where it stands in the filter, counted in characters from 0."""


def tokens(text: str) -> list[Token]:
    """Cut a filter into its tokens.

    Raises:
        FilterError: A quote is not closed, or there is far too much text.
    """
    if len(text) > MOST_CHARACTERS:
        raise FilterError(
            "the filter is too long",
            fix=f"Use at most {MOST_CHARACTERS} characters.",
            start=MOST_CHARACTERS,
            end=len(text),
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        sign = text[place]
        if sign.isspace():
            place += 1
        elif sign in "()":
            kind: TokenKind = "open" if sign == "(" else "close"
            found.append(Token(kind, start=place, end=place + 1))
            place += 1
        elif sign in "-!" and place + 1 < len(text) and not text[place + 1].isspace():
            found.append(Token("not", start=place, end=place + 1))
            place += 1
        else:
            token, end = _term(text, place)
            found.append(token._replace(start=place, end=end))
            place = end
    return found


def _term(text: str, place: int) -> tuple[Token, int]:
    """One word, up to a blank or a bracket it did not open itself."""
    letters: list[str] = []
    bare: int | None = None
    depth = 0
    while place < len(text) and not text[place].isspace():
        sign = text[place]
        if sign == '"':
            bare = len(letters) if bare is None else bare
            inside, place = _quoted(text, place + 1)
            letters.extend(inside)
            continue
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        letters.append(sign)
        place += 1
    return _token("".join(letters), bare), place


def _quoted(text: str, place: int) -> tuple[list[str], int]:
    letters: list[str] = []
    opened = place - 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\" and text[place + 1 : place + 2] in ('"', "\\"):
            place += 1
        letters.append(text[place])
        place += 1
    if place >= len(text):
        raise FilterError(
            "a quote is not closed",
            fix='Put another " behind the text.',
            start=opened,
            end=len(text),
        )
    return letters, place + 1


def _token(word: str, bare: int | None) -> Token:
    """What the word is; `bare` is where its first quote stood."""
    quoted = bare is not None
    if not quoted and word in _KEYWORDS:
        return Token(_KEYWORDS[word])
    match = _FIELD.match(word, 0, len(word) if bare is None else bare)
    if match is None:
        return Token("term", word, quoted=quoted)
    return Token("term", word[match.end() :], match[1], match[2], quoted)
