"""The language of `/` and `--where`: which calls to show.

    refund invoice          both words, anywhere in what the list shows of a call
    "past rides"            these words together
    model:gpt  model:*mini  the field has it; with * the whole value is compared
    model=gpt-4o            the field is exactly this
    latency>2s in>5k        comparisons: > >= < <= = !=, with units
    status:fail|error       either value
    -is:slow  !refund       not
    a OR b  (a OR b) c      either; brackets group

What the log does not say matches nothing, so its opposite matches: `-user:*` finds calls
without a user.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tailllm.errors import UsageError
from tailllm.records.row import Row
from tailllm.store import fields, matching
from tailllm.store.fields import FIELDS, Test
from tailllm.store.grammar import Token, tokens

DEEPEST = 40
"""Brackets inside brackets."""


class Filter:
    """Decides whether a call is shown. Make one with `parse`."""

    fields = FIELDS
    """Everything one can filter by, for the help."""

    __slots__ = ("_test", "asks_marked", "asks_slow", "text")

    def __init__(self, text: str, test: Test | None, asks: frozenset[str] = frozenset()) -> None:
        self.text = text
        self._test = test
        self.asks_marked = "marked" in asks
        """Whether the answer depends on `marked`; else a caller need not find out."""
        self.asks_slow = "slow" in asks

    def __call__(self, row: Row, *, marked: bool = False, slow: bool = False) -> bool:
        """Whether this call is shown."""
        return self._test is None or self._test(row, marked, slow)

    def __bool__(self) -> bool:
        """Whether it can hide anything at all."""
        return self._test is not None

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"


def parse(text: str) -> Filter:
    """Read a filter.

    Raises:
        UsageError: It makes no sense; nothing else is ever raised.
    """
    reading = _Reading(tokens(text))
    test = reading.all()
    return Filter(text, test, frozenset(reading.asks))


def term(field: str, value: str | None, *, hide: bool = False) -> str:
    """The text that keeps, or hides, exactly one value of a field."""
    fields.find(field)
    minus = "-" if hide else ""
    if value is None:
        return f"{'' if hide else '-'}{field}:*"
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    sign = ":" if field in ("status", "is", "validator") else "="
    return f'{minus}{field}{sign}"{quoted}"'


def complete(text: str, limit: int = 8) -> list[str]:
    """What the last word of a half-typed filter could become, the word itself included."""
    last = re.search(r"[^\s()]*$", text)
    typed = last[0].lstrip("-!").casefold() if last else ""
    start = len(text) - len(typed)
    return [text[:start] + one for one in islice(_completions(typed), limit)]


def _completions(typed: str) -> Iterator[str]:
    for field in FIELDS:
        sign = ":" if field.kind in ("text", "exact", "choice", "validator") else ">"
        full = [f"{field.name}{sign}{choice}" for choice in field.choices] or [field.name + sign]
        yield from (one for one in full if one.startswith(typed) and one != typed)


class _Reading:
    """Reads tokens from the left; each method takes what is its own."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        self.asks: set[str] = set()

    def all(self) -> Test | None:
        """The whole filter; None when it is empty."""
        if not self._tokens:
            return None
        test = self._either()
        if self._place < len(self._tokens):
            raise UsageError(
                "a bracket closes that was not opened",
                fix='Remove the ")" or put the text in double quotes.',
            )
        return test

    def _next(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else "end"

    def _either(self) -> Test:
        tests = [self._both()]
        while self._next() == "or":
            self._place += 1
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else _any(tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._next() not in ("or", "close", "end"):
            if self._next() == "and":
                self._place += 1
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else _all(tests)

    def _one(self) -> Test:
        opposite = False
        while self._next() == "not":
            self._place += 1
            opposite = not opposite
        test = self._bracket() if self._next() == "open" else self._term()
        return _not(test) if opposite else test

    def _bracket(self) -> Test:
        self._place += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise UsageError("brackets are too deep", fix="Write it with fewer brackets.")
        test = self._either()
        if self._next() != "close":
            raise UsageError("a bracket is not closed", fix='Put a ")" behind the group.')
        self._place += 1
        self._depth -= 1
        return test

    def _term(self) -> Test:
        if self._next() != "term":
            raise UsageError(
                "there is nothing to look for here: " + _shown(self._next()),
                fix='Put a word or field:value on both sides, or put it in "double quotes".',
            )
        token = self._tokens[self._place]
        self._place += 1
        if not token.field:
            return fields.word(token.text)
        test, asks = _field(token)
        self.asks |= asks
        return test


def _field(token: Token) -> tuple[Test, set[str]]:
    field = fields.find(token.field)
    if not token.text:
        raise UsageError(f"{token.field} has no value", fix=f"Write it like {field.example}.")
    values = [token.text] if token.quoted else [one for one in token.text.split("|") if one]
    tests = [_value(field, token, value) for value in values or [token.text]]
    test = tests[0] if len(tests) == 1 else _any(tests)
    asks = {value.casefold() for value in values} if field.name == "is" else set()
    return (_not(test) if token.operator == "!=" else test), asks


def _value(field: fields.Field, token: Token, value: str) -> Test:
    if field.kind in matching.UNITS:
        return _number(field, token.operator, value)
    if token.operator not in (":", "=", "!="):
        raise UsageError(
            f"{field.name} is text and cannot be compared", fix=f"Write it like {field.example}."
        )
    if field.kind == "choice":
        return fields.choice(field, value)
    if field.kind == "validator":
        name, _, outcome = value.rpartition(":")
        if outcome in fields.OUTCOMES and name:
            return fields.validator(_matches(field, token, name), (outcome,))
        return fields.validator(_matches(field, token, value), ("failed", "errored"))
    return fields.text(field, _matches(field, token, value))


def _number(field: fields.Field, operator: str, value: str) -> Test:
    if value == "*":
        return fields.number(field, matching.known)
    if operator == ":":
        # Kibana writes `latency:>2s`; hands remember that.
        operator = next((one for one in matching.COMPARISONS if value.startswith(one)), "")
        value = value[len(operator) :]
    limit = matching.quantity(value, field.kind)
    sign = operator if operator in matching.COMPARISONS else "="
    return fields.number(field, matching.compare(sign, limit))


def _matches(field: fields.Field, token: Token, value: str) -> matching.TextTest:
    if "*" in value and not token.quoted:
        return matching.like(value)
    # `billing@v1` must not find `billing@v15`, though `billing` finds both.
    whole = field.kind in ("exact", "validator") or (field.name == "prompt" and "@" in value)
    if whole or token.operator != ":":
        return matching.equals(value)
    return matching.contains(value)


def _any(tests: Sequence[Test]) -> Test:
    def test(row: Row, marked: bool, slow: bool) -> bool:
        for one in tests:  # noqa: SIM110 - a loop is twice as fast, and this runs per call
            if one(row, marked, slow):
                return True
        return False

    return test


def _all(tests: Sequence[Test]) -> Test:
    def test(row: Row, marked: bool, slow: bool) -> bool:
        for one in tests:  # noqa: SIM110 - the same
            if not one(row, marked, slow):
                return False
        return True

    return test


def _not(test: Test) -> Test:
    return lambda row, marked, slow: not test(row, marked, slow)


def _shown(kind: str) -> str:
    return {"end": "the filter ends", "close": '")"', "or": "OR", "and": "AND"}[kind]
