"""Looks into a stretch of a file: where a piece stands, or what may hide it."""

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from tailllm.ask import ripgrep
from tailllm.ask.pieces import LONGEST_BYTES, Pieces

if TYPE_CHECKING:
    import regex

BLOCK_BYTES = 256 << 10
"""Looked at in one go here."""
MANY_ODD = 2_000
"""Lines of a stretch: of so many it is quicker to have ripgrep look than to look ourselves."""

_SIGN = re.compile(rb'"(?:re(?:sponse|quest)|(?:in|out)put_text|text)')
_LIST = re.compile(rb'\[\s*+\\*"')
"""A body of an API, a part of a text, a list of texts: a reason to look at the whole line."""
_STREAM = re.compile(rb'"re(?:sponse|quest)\\*"\s*:\s*(?![\s{])')
"""A body that is a list of pieces, or a text: what it says stands there in pieces."""
_JOINT = re.compile(
    rb'\}\s*,\s*\{(?!\s*\\*"role)(?:[^{}]*\{[^{}]*\})?[^{}]*"(?:input_|output_)?text\\*"'
    rb'|\}\s*,\s*\\*"[^"]*"\s*[,\]]'
    rb'|"(?:content|parts|system|instructions|response|result|output)\\*"\s*:\s*\[\s*\\*"'
)
"""Two parts of one text: a word may begin in the one and end in the other."""

# The same for ripgrep, a little wider where it has no such pattern. Each is one run, side by
# side, because it searches for few short literals many times as quickly as for their union.
_BLANKS = r"[\t\r ]*"
_STREAMS = rf'"re(?:sponse|quest)\\*"{_BLANKS}:{_BLANKS}[^\t\r {{]'
_SIGNS = rf'(?-u:xt"|xt\\|\["|\[\\|\[ |\[\t|\[\r|{_STREAMS})'
_STRINGS = rf'(?-u:\}}{_BLANKS},{_BLANKS}\\*"[^"\n]*"{_BLANKS}[,\]])'
_OBJECTS = (
    rf"(?-u:\}}{_BLANKS},{_BLANKS}\{{(?:[^{{}}\n]*\{{[^{{}}\n]*\}})?[^{{}}\n]*"
    r'"(?:input_|output_)?text\\*")'
)
_LISTS = (
    r'(?-u:"(?:content|parts|system|instructions|response|result|output)\\*"'
    rf'{_BLANKS}:{_BLANKS}\[{_BLANKS}\\*")'
)

Read = Callable[[int, int], bytes | None]
"""offset, length: the bytes there now, fewer at the end; None when nobody can say"""


class Found(NamedTuple):
    """What was found in a stretch of a file: offsets in the file, in order."""

    end: int
    """Where the bytes ended that were looked at."""
    found: list[int]
    """Where the piece stands, or what may hide it; or where a line begins that has either."""
    odd: list[int]
    """The same of what makes it worth looking at the whole line."""
    is_read: bool = True
    """Not so where the bytes cannot be had."""


UNREAD = Found(sys.maxsize, [], [], is_read=False)


def is_in_parts(line: bytes) -> bool:
    """Whether texts of a line may stand there in pieces."""
    return bool(_STREAM.search(line) or _JOINT.search(line))


def look(read: Read, start: int, end: int, pieces: Pieces) -> Found:
    """What begins in a stretch."""
    data = read(start, end + LONGEST_BYTES - start)
    if data is None:
        return UNREAD
    pattern, hidden, _ = pieces
    # Other threads may run meanwhile.
    found = [match.start() for match in pattern.finditer(data, concurrent=True)]
    found += _starts(hidden, data) if hidden else []
    odd = _starts(_SIGN, data) + _starts(_LIST, data)
    return Found(start + len(data), _placed(found, start), _placed(odd, start))


def have_looked(
    fd: int, start: int, end: int | None, pieces: Pieces, given_up: Callable[[], bool]
) -> Found | None:
    """What ripgrep finds in a stretch, by line; lines that go on beyond it are told of in part.

    Args:
        end: None for the whole file, as far as it goes now.

    Returns:
        None when it was given up, or ripgrep could not do it.
    """

    def lines(pattern: str) -> list[int] | None:
        return ripgrep.lines_with(fd, start, end, pattern, given_up)

    with ThreadPoolExecutor(3, thread_name_prefix="ripgrep") as side_by_side:
        found, odd, strings = side_by_side.map(lines, (pieces.elsewhere, _SIGNS, _STRINGS))
        if found is None or odd is None or strings is None:
            return None
        parts = [strings]
        if len(odd) > MANY_ODD:
            for more in side_by_side.map(lines, (f"(?-u:{_STREAMS})", _OBJECTS, _LISTS)):
                if more is None:
                    return None
                parts.append(more)
            odd = []
    whole = sorted({*found, *(place for part in parts for place in part)})
    return Found(sys.maxsize if end is None else end, whole, odd)


def _starts(pattern: "re.Pattern[bytes] | regex.Pattern[bytes]", data: bytes) -> list[int]:
    return [match.start() for match in pattern.finditer(data)]


def _placed(places: list[int], start: int) -> list[int]:
    return sorted(start + place for place in places)
