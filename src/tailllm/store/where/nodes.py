"""A filter as a tree: each leaf knows its test in Python and its condition in SQL."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tailllm.records.row import Row

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger


class Around(Protocol):
    """What a row alone does not say; whoever holds the calls finds it out."""

    def holds(self, row: Row, wanted: str) -> bool:
        """Whether a casefolded text stands in what the model saw or said."""

    def is_retry(self, row: Row) -> bool:
        """Whether the user says it again in other words."""

    def is_loop(self, row: Row) -> bool:
        """Whether the conversation goes round in circles."""

    def is_new_language(self, row: Row) -> bool:
        """Whether hardly anybody else writes in this language."""

    def is_unusual(self, row: Row) -> bool:
        """Whether it is far from the others of its model and prompt."""


class Facts(NamedTuple):
    """What the caller knows of a row besides the row."""

    marked: bool = False
    slow: bool = False
    around: Around | None = None
    novelty: float | None = None
    """None until the call is scored."""


Test = Callable[[Row, Facts], bool]


class Condition(NamedTuple):
    """A piece of SQL over `calls` that is true or false, never null, and its values."""

    sql: str
    values: tuple[object, ...] = ()


EVERYTHING = Condition("true")
Ask = Callable[["Ledger"], Condition | None]


class Leaf(NamedTuple):
    """One thing a filter asks."""

    test: Test
    ask: Ask | None = None
    """None when the ledger does not hold what the test looks at."""


class Both(NamedTuple):
    """All of them."""

    nodes: tuple["Node", ...]


class Either(NamedTuple):
    """At least one of them."""

    nodes: tuple["Node", ...]


class Opposite(NamedTuple):
    """Not this."""

    node: "Node"


Node = Leaf | Both | Either | Opposite


def test_of(node: Node) -> Test:
    """The tree as one function."""
    if isinstance(node, Leaf):
        return node.test
    if isinstance(node, Opposite):
        inner = test_of(node.node)
        return lambda row, facts: not inner(row, facts)
    tests = [test_of(one) for one in node.nodes]
    return _all(tests) if isinstance(node, Both) else _any(tests)


def is_askable(node: Node) -> bool:
    """Whether the ledger holds all that the tree looks at."""
    if isinstance(node, Leaf):
        return node.ask is not None
    if isinstance(node, Opposite):
        return is_askable(node.node)
    return all(map(is_askable, node.nodes))


def condition_of(node: Node, ledger: "Ledger") -> Condition | None:
    """The tree as one condition; None when a leaf looks at what the ledger does not hold."""
    if isinstance(node, Leaf):
        return None if node.ask is None else node.ask(ledger)
    if isinstance(node, Opposite):
        inner = condition_of(node.node, ledger)
        return None if inner is None else Condition(f"NOT {inner.sql}", inner.values)
    found = [condition_of(one, ledger) for one in node.nodes]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return joined(" AND " if isinstance(node, Both) else " OR ", known)


def joined(sign: str, conditions: Sequence[Condition]) -> Condition:
    """Several conditions in brackets; none at all is true."""
    if not conditions:
        return EVERYTHING
    text = sign.join(one.sql for one in conditions)
    return Condition(f"({text})", tuple(value for one in conditions for value in one.values))


def _any(tests: Sequence[Test]) -> Test:
    def test(row: Row, facts: Facts) -> bool:
        for one in tests:  # noqa: SIM110 - a loop is twice as fast, and this runs per call
            if one(row, facts):
                return True
        return False

    return test


def _all(tests: Sequence[Test]) -> Test:
    def test(row: Row, facts: Facts) -> bool:
        for one in tests:  # noqa: SIM110 - the same
            if not one(row, facts):
                return False
        return True

    return test
