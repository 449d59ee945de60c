"""JSON that a length limit cut: what of it is certain."""

import re
from typing import Any

from tailllm.dialects.decode import decode_text

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
_CLOSES = {"}": "{", "]": "["}
_CLOSERS = {"{": "}", "[": "]"}


def mend(text: str) -> tuple[Any, int]:
    """Read a cut JSON list as far as its values are whole.

    Returns:
        The list, closed behind the last value that is whole, and how many of its items are
        whole; the one behind them is a fragment. (None, 0) when nothing can be read.
    """
    stack: list[str] = []
    whole = 0
    end, left_open = 0, ""
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark in "{[":
            stack.append(mark)
            continue
        if mark in _CLOSES:
            if not stack or stack.pop() != _CLOSES[mark]:
                break
            whole += len(stack) == 1
            end, left_open = match.end(), "".join(stack)
        elif mark == ",":
            end, left_open = match.start(), "".join(stack)
    closers = "".join(_CLOSERS[opener] for opener in reversed(left_open))
    return decode_text(text[:end] + closers) if end else None, whole
