"""Tokens to a tree: the grammar of filters.

filter := either          either := both ("OR" both)*         both := one (["AND"] one)*
one := ("-" | "!")* (term | "(" either ")")
term := word | "text in quotes" | field sign value ("|" value)*
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from tailllm.errors import FilterError, UsageError
from tailllm.store import fields, matching
from tailllm.store.fields import Field
from tailllm.store.grammar import Token, tokens
from tailllm.store.span import Span
from tailllm.store.where import leaves, moments
from tailllm.store.where.nodes import Both, Either, Leaf, Node, Opposite

DEEPEST = 40
"""Brackets inside brackets, and saved filters inside saved filters."""
_ENDS = {"end": "the filter ends", "close": '")"', "or": "OR", "and": "AND"}
_FAILED = frozenset({"failed", "errored"})


class Reading:
    """Reads tokens from the left; each method takes what is its own."""

    def __init__(
        self,
        text: str,
        now: moments.Now,
        saved: Mapping[str, str],
        path: Callable[[str], str] = str,
        *,
        depth: int = 0,
    ) -> None:
        self._text = text
        self._path = path
        self._now = now
        self._saved = saved
        self._depth = depth
        self._place = 0
        self._tokens: Sequence[Token] = tokens(text)
        self.asks: set[str] = set()
        """Which of `is:` it needs, and `text` when it looks into whole messages."""

    def all(self) -> Node | None:
        """The whole filter; None when it is empty."""
        if not self._tokens:
            return None
        node = self._either()
        if self._place < len(self._tokens):
            raise self._refused(
                "a bracket closes that was not opened",
                'Remove the ")" or put the text in double quotes.',
            )
        return node

    def _next(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else "end"

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._next() == "or":
            self._place += 1
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _both(self) -> Node:
        nodes = [self._one()]
        while self._next() not in ("or", "close", "end"):
            if self._next() == "and":
                self._place += 1
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else Both(tuple(nodes))

    def _one(self) -> Node:
        opposite = False
        while self._next() == "not":
            self._place += 1
            opposite = not opposite
        node = self._bracket() if self._next() == "open" else self._term()
        return Opposite(node) if opposite else node

    def _bracket(self) -> Node:
        opened = self._tokens[self._place]
        self._place += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refused("brackets are too deep", "Write it with fewer brackets.", opened)
        node = self._either()
        if self._next() != "close":
            raise self._refused("a bracket is not closed", 'Put a ")" behind the group.', opened)
        self._place += 1
        self._depth -= 1
        return node

    def _term(self) -> Node:
        if self._next() != "term":
            raise self._refused(
                "there is nothing to look for here: " + _ENDS[self._next()],
                'Put a word or field:value on both sides, or put it in "double quotes".',
            )
        token = self._tokens[self._place]
        self._place += 1
        if token.field:
            return self._field(token)
        self.asks |= {"text"} if token.quoted else set()
        return leaves.seen(token.text, whole=token.quoted)

    def _field(self, token: Token) -> Node:
        start = token.start
        try:
            field = fields.find(token.field)
            start += len(token.field + token.operator)
            if not token.text:
                raise UsageError(
                    f"{token.field} has no value", fix=f"Write it like {field.example}."
                )
            whole = token.quoted or field.kind in ("time", "saved")
            values = [token.text] if whole else [one for one in token.text.split("|") if one]
            nodes = [self._value(field, token, value) for value in values or [token.text]]
        except FilterError:
            raise
        except UsageError as error:
            raise FilterError(error.what, fix=error.fix, start=start, end=token.end) from None
        node = nodes[0] if len(nodes) == 1 else Either(tuple(nodes))
        return Opposite(node) if token.operator == "!=" else node

    def _value(self, field: Field, token: Token, value: str) -> Node:
        if field.kind in matching.UNITS:
            self.asks |= {"novel"} & {field.name}
            return _number(field, token.operator, value)
        if field.kind == "time":
            return leaves.within(_span(field, token, self._now))
        if token.operator not in (":", "=", "!="):
            raise UsageError(
                f"{field.name} is text and cannot be compared",
                fix=f"Write it like {field.example}.",
            )
        return _KINDS[field.kind](self, field, token, value)

    def choice(self, field: Field, token: Token, value: str) -> Leaf:
        """`status:` and `is:`."""
        value = fields.choice(field, value)
        if field.name == "status":
            return leaves.status(value, exactly=token.operator == "=")
        self.asks.add(value)
        return leaves.state(value)

    def named(self, test: matching.TextTest) -> matching.TextTest:
        """The same test of a file's path, given its id; a path is asked for once."""
        path = cache(self._path)
        return lambda file: test(path(file))

    def whole(self, _field: Field, _token: Token, value: str) -> Leaf:
        """`text:`."""
        self.asks.add("text")
        return leaves.seen(value, whole=True)

    def saved(self, _field: Field, token: Token, value: str) -> Node:
        """`saved:`, as if it stood here in brackets."""
        text = self._saved.get(value)
        if text is None:
            known = ", ".join(self._saved) or "none"
            raise UsageError(
                f"there is no saved filter {value!r}",
                fix=f"[filters] in tailllm.toml has: {known}.",
            )
        if self._depth >= DEEPEST:
            raise UsageError(
                f"the saved filter {value!r} leads back to itself", fix="Correct [filters]."
            )
        inner = Reading(text, self._now, self._saved, self._path, depth=self._depth + 1)
        try:
            node = inner.all()
        except UsageError as error:
            raise FilterError(
                f"in the saved filter {value!r}: {error.what}",
                fix=error.fix,
                start=token.start,
                end=token.end,
            ) from None
        self.asks |= inner.asks
        return node or Both(())

    def _refused(self, what: str, fix: str, token: Token | None = None) -> FilterError:
        if token is None and self._place < len(self._tokens):
            token = self._tokens[self._place]
        end = len(self._text)
        start, stop = (end, end) if token is None else (token.start, token.end)
        return FilterError(what, fix=fix, start=start, end=stop)


def _validator(_reading: Reading, field: Field, token: Token, value: str) -> Leaf:
    name, _, outcome = value.rpartition(":")
    if outcome in fields.OUTCOMES and name:
        return leaves.validator(_match(field, token, name), frozenset({outcome}))
    return leaves.validator(_match(field, token, value), _FAILED)


def _text(reading: Reading, field: Field, token: Token, value: str) -> Leaf:
    match = _match(field, token, value)
    if field.name == "file":
        # Calls know a file by an id that outlives its names; people know it by a path.
        match = matching.TextMatch(reading.named(match.test), None)
    return leaves.text(field.name, match)


def _number(field: Field, operator: str, value: str) -> Leaf:
    if value == "*":
        return leaves.number(field.name, matching.KNOWN)
    if operator == ":":
        # Kibana writes `latency:>2s`; hands remember that.
        operator = next((one for one in matching.COMPARISONS if value.startswith(one)), "")
        value = value[len(operator) :]
    if ".." in value:
        low, _, high = value.partition("..")
        ends = (matching.quantity(end, field.kind) for end in (low, high))
        return leaves.number(field.name, matching.between(*ends))
    limit = matching.quantity(value, field.kind)
    sign = operator if operator in matching.COMPARISONS else "="
    return leaves.number(field.name, matching.compare(sign, limit))


def _span(field: Field, token: Token, now: moments.Now) -> Span:
    value = token.text.lstrip("<>=")
    sign = token.operator if token.operator in "<>=" else token.text[: -len(value)][:1]
    if ".." in value:
        return moments.stretch(value, now)
    at = moments.moment(value, now)
    if field.name == "since" or (field.name == "time" and sign == ">"):
        return Span(at, None)
    if field.name == "until" or (field.name == "time" and sign == "<"):
        return Span(None, at)
    raise UsageError(f"{value!r} is a moment, not a stretch of time", fix=moments.FIX)


def _match(field: Field, token: Token, value: str) -> matching.TextMatch:
    if "*" in value and not token.quoted:
        return matching.like(value)
    # `billing@v1` must not find `billing@v15`, though `billing` finds both.
    whole = field.kind in ("exact", "validator") or (field.name == "prompt" and "@" in value)
    if whole or token.operator != ":":
        return matching.equals(value)
    return matching.contains(value)


_KINDS: dict[str, Callable[[Reading, Field, Token, str], Node]] = {
    "choice": Reading.choice,
    "whole": Reading.whole,
    "saved": Reading.saved,
    "validator": _validator,
    "text": _text,
    "exact": _text,
}
