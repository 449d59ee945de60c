"""A filter whose times mean the same tomorrow: `15m` and `14:02` depend on when they are read."""

import re
from collections.abc import Callable

from tailllm.errors import UsageError
from tailllm.store.fields import BY_NAME
from tailllm.store.grammar import tokens
from tailllm.store.where.moments import Now, moment

_SIGNS = re.compile(r"[<>=]*")


def written_out(text: str, now: Now, iso: Callable[[float], str]) -> str:
    """The filter with every moment in it as a date.

    Args:
        text: A filter that can be read.
        now: What its times are relative to.
        iso: Writes a moment so that a filter takes it.

    Raises:
        UsageError: It cannot be read.
    """
    for token in reversed(tokens(text)):
        field = BY_NAME.get(token.field.casefold())
        if field is not None and field.kind == "time":
            value = f"{token.field}{token.operator}{_moments(token.text, now, iso)}"
            text = text[: token.start] + value + text[token.end :]
    return text


def _moments(value: str, now: Now, iso: Callable[[float], str]) -> str:
    signs = _SIGNS.match(value)
    begin = signs.end() if signs else 0
    try:
        ends = [iso(moment(one, now)) if one else "" for one in value[begin:].split("..")]
    except UsageError:
        return value
    return value[:begin] + "..".join(ends)
