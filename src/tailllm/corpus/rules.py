"""The redaction rules of `tailllm.toml`: patterns that end in time, and names of fields."""

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tailllm.errors import ConfigError, CorpusError
from tailllm.redact import tag

if TYPE_CHECKING:
    from tailllm.config.redaction import RedactSpec

TIME_S = 1.0
"""Processor time all rules together get for one call: an engineer waits for the mark."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TAGS = re.compile(r"(\[REDACTED:[\w-]+:[0-9a-f]{8}\])")


class Rules(NamedTuple):
    """What is a secret here, beside the built-in shapes."""

    patterns: tuple[tuple[str, Any], ...] = ()
    """Name and compiled pattern."""
    fields: Mapping[str, str] = {}  # never written to
    """Field name, as `field_word` spells it, to the name of its rule."""


NONE = Rules()


class Spent:
    """The time that the rules have had for one call."""

    def __init__(self) -> None:
        self._since = time.thread_time()

    def left_s(self) -> float:
        """Seconds that are left, at least a moment."""
        return max(0.001, TIME_S - (time.thread_time() - self._since))


def field_word(name: str) -> str:
    """`phoneNumber`, `Phone-Number` and `phone number` are one name."""
    return _HUMP.sub("_", name).replace("-", "_").replace(" ", "_").lower()


def compiled(specs: Iterable["RedactSpec"]) -> Rules:
    """The rules, ready to use.

    Raises:
        ConfigError: A pattern is no regular expression, or finds nothing everywhere.
    """
    fields: dict[str, str] = {}
    patterns = []
    for spec in specs:
        fields |= dict.fromkeys(map(field_word, spec.fields), spec.name)
        if spec.pattern is not None:
            patterns.append((spec.name, _compiled(spec.name, spec.pattern, spec.ignore_case)))
    return Rules(tuple(patterns), fields)


def _compiled(name: str, pattern: str, ignore_case: bool) -> Any:
    import regex

    try:
        found = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise ConfigError(
            f"redact {name!r}: pattern is no regular expression: {error}",
            fix="Correct pattern; a literal ( or [ needs a backslash before it.",
        ) from None
    if found.search("") is not None:
        raise ConfigError(
            f"redact {name!r}: pattern matches the empty text, so it is everywhere",
            fix="Ask for at least one character: + in place of *.",
        )
    return found


def redacted(text: str, rules: Rules, fired: Counter[str], spent: Spent) -> str:
    """The text with a tag for all that the patterns find; tags stay what they are.

    Raises:
        CorpusError: the patterns did not end in time.
    """
    for name, pattern in rules.patterns:
        pieces = _TAGS.split(text) if "[REDACTED:" in text else [text]
        for place in range(0, len(pieces), 2):
            pieces[place] = _one(pieces[place], name, pattern, fired, spent)
        text = "".join(pieces)
    return text


def _one(text: str, name: str, pattern: Any, fired: Counter[str], spent: Spent) -> str:
    def replaced(match: Any) -> str:
        group = 1 if pattern.groups and match[1] else 0
        if not match[group]:
            return str(match[0])
        fired[name] += 1
        start, end = (match.span(group)[n] - match.start() for n in (0, 1))
        return f"{match[0][:start]}{tag(name, match[group])}{match[0][end:]}"

    try:
        return str(pattern.sub(replaced, text, timeout=spent.left_s(), concurrent=True))
    except TimeoutError:
        raise CorpusError(
            f"the redaction rules took over {TIME_S:g} s for this call, the last was {name!r}",
            fix="Nothing was kept. Write its pattern without nested repetitions.",
        ) from None
