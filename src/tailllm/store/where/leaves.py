"""The leaves of a filter: each asks one thing of a call, of its row or of the ledger.

Names are compared in Python, once for each name the ledger knows, and the condition holds the
numbers of those that match: so letters of every language mean the same in both.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.columns import NAMED, Verdict
from tailllm.store.matching import Number, TextMatch
from tailllm.store.span import Span, time_of
from tailllm.store.where.columns import NUMBERS, TEXTS
from tailllm.store.where.finders import FINDERS, repeats_itself
from tailllm.store.where.nodes import Ask, Condition, Facts, Leaf, Test, joined

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

_BAD = "(is_error OR failed)"


def text(field: str, match: TextMatch) -> Leaf:
    """Whether a text matches; what the log does not say matches nothing."""
    if field == "error":
        return Leaf(lambda row, _facts: any(map(match.test, _errors(row))), _error(match))
    get, column = TEXTS[field]

    def test(row: Row, _facts: Facts) -> bool:
        value = get(row)
        return value is not None and match.test(value)

    if column is None:
        return Leaf(test)
    return Leaf(test, _named(column, match) if column in NAMED else _plain(column, match))


def number(field: str, holds: Number) -> Leaf:
    """Whether a number stands so; one the log does not give stands in no way."""
    if field == "novel":
        return _novel(holds)
    get, sql = NUMBERS[field]
    condition = Condition(f"coalesce(({sql}) {holds.sql}, false)", holds.values)
    return Leaf(lambda row, _facts: holds.test(get(row)), lambda _ledger: condition)


def _novel(holds: Number) -> Leaf:
    """What is not scored is neither novel nor known."""
    condition = Condition(f"coalesce(novelty {holds.sql}, false)", holds.values)

    def ask(ledger: "Ledger") -> Condition:
        ledger.scores.write()
        return condition

    return Leaf(lambda _row, facts: holds.test(facts.novelty), ask)


def during(span: Span) -> Condition:
    """A stretch of time in SQL."""
    bounds = [(sign, at) for sign, at in ((">=", span.start), ("<=", span.end)) if at is not None]
    return joined(" AND ", [Condition(f"time_s {sign} ?", (at,)) for sign, at in bounds])


def within(span: Span) -> Leaf:
    """Whether the call happened in a stretch of time."""
    condition = during(span)
    return Leaf(lambda row, _facts: span.holds(time_of(row)), lambda _ledger: condition)


def validator(match: TextMatch, outcomes: frozenset[str]) -> Leaf:
    """Whether a validator of a matching name came to one of the outcomes."""

    def among(verdicts: Iterable[Verdict]) -> bool:
        return any(outcome in outcomes and match.test(name) for name, outcome in verdicts)

    return Leaf(lambda row, _facts: among(row.verdicts), _verdicts(among))


def status(value: str, *, exactly: bool = False) -> Leaf:
    """How it ended.

    Args:
        exactly: `ok` as the log has it, whatever validators say; else only what is good.
    """
    if value == "fail":
        return Leaf(lambda row, _facts: bool(row.failed), lambda _ledger: Condition("failed"))
    if value == "ok" and not exactly:
        return Leaf(
            lambda row, _facts: row.status == "ok" and not row.is_bad,
            lambda ledger: joined(
                " AND ", [Condition(f"NOT {_BAD}"), _numbers(ledger, "status", "ok".__eq__)]
            ),
        )
    return Leaf(
        lambda row, _facts: row.status == value,
        lambda ledger: _numbers(ledger, "status", value.__eq__),
    )


def state(value: str) -> Leaf:
    """What it is to whoever looks, from what the ledger holds."""
    return STATES[value]


def seen(wanted: str, *, whole: bool = False) -> Leaf:
    """Whether the text stands in what a list shows; with `whole`, in all the model saw and said."""
    wanted = wanted.casefold()

    def test(row: Row, facts: Facts) -> bool:
        prompt, model = labels.prompt(row) or "", row.model or ""
        shown = f"{row.preview}\n{row.reply}\n{model}\n{prompt}\n{row.user_id or ''}\n{row.key}"
        if wanted in shown.casefold():
            return True
        return whole and facts.around is not None and facts.around.holds(row, wanted)

    return Leaf(test)


def row_test(test: Callable[[Row], bool]) -> Leaf:
    """What only the texts of a row can tell."""
    return Leaf(lambda row, _facts: test(row))


def _around(test: Callable[..., bool]) -> Leaf:
    return Leaf(lambda row, facts: facts.around is not None and test(facts.around, row))


def _errors(row: Row) -> list[str]:
    found = [name for name in (labels.error(row),) if name is not None]
    if row.http_status is not None and row.http_status >= 400:
        found.append(str(row.http_status))
    return found


def _error(match: TextMatch) -> Ask:
    def ask(ledger: "Ledger") -> Condition:
        known = ledger.ask("SELECT DISTINCT http_status FROM calls WHERE http_status >= 400")
        codes = [code for (code,) in known if match.test(str(code))]
        by_code = Condition(
            "coalesce(http_status IN (SELECT unnest(?::INTEGER[])), false)", (codes,)
        )
        return joined(" OR ", [_numbers(ledger, "error", match.test), by_code])

    return ask


def _named(column: str, match: TextMatch) -> Ask:
    return lambda ledger: _numbers(ledger, column, match.test)


def _numbers(ledger: "Ledger", column: str, test: Callable[[str], bool]) -> Condition:
    names = ledger.known_names()
    found = [number for number, name in enumerate(names) if test(name)]
    return Condition(f"coalesce({column} IN (SELECT unnest(?::INTEGER[])), false)", (found,))


def _verdicts(among: Callable[[Iterable[Verdict]], bool]) -> Ask:
    def ask(ledger: "Ledger") -> Condition:
        sets = ledger.known_verdicts()
        found = [number for number, verdicts in enumerate(sets) if among(verdicts)]
        return Condition("coalesce(verdicts IN (SELECT unnest(?::INTEGER[])), false)", (found,))

    return ask


def _plain(column: str, match: TextMatch) -> Ask:
    """A column of free text: the database compares what is ASCII, Python the few others."""
    is_ascii = f"strlen({column}) = length({column})"

    def ask(ledger: "Ledger") -> Condition:
        odd = f"NOT ({is_ascii})" if match.sql else f"{column} IS NOT NULL"
        others = ledger.ask(f"SELECT DISTINCT {column} FROM calls WHERE {odd}")  # noqa: S608 - our own words
        found = [value for (value,) in others if match.test(value)]
        if match.sql is None:
            return Condition(
                f"coalesce({column} IN (SELECT unnest(?::VARCHAR[])), false)", (found,)
            )
        plain = match.sql.format(column=f"lower({column})")
        return Condition(
            f"coalesce(CASE WHEN {is_ascii} THEN {plain}"
            f" ELSE {column} IN (SELECT unnest(?::VARCHAR[])) END, false)",
            (*match.values, found),
        )

    return ask


def _leaf(test: Test, sql: str) -> Leaf:
    return Leaf(test, lambda _ledger: Condition(sql))


STATES: dict[str, Leaf] = {
    "marked": Leaf(lambda _row, facts: facts.marked),
    "slow": Leaf(lambda _row, facts: facts.slow),
    "bad": _leaf(lambda row, _facts: row.is_bad, _BAD),
    "failed": _leaf(lambda row, _facts: bool(row.failed), "failed"),
    "error": _leaf(lambda row, _facts: row.status == "error", "is_error"),
    "errored": Leaf(
        lambda row, _facts: bool(row.errored),
        _verdicts(lambda verdicts: any(outcome == "errored" for _, outcome in verdicts)),
    ),
    "partial": Leaf(
        lambda row, _facts: row.state == "partial",
        lambda ledger: _numbers(ledger, "state", "partial".__eq__),
    ),
    "loop": Leaf(
        lambda row, facts: (
            repeats_itself(row) or (facts.around is not None and facts.around.is_loop(row))
        )
    ),
    "retry": _around(lambda around, row: around.is_retry(row)),
    "language-new": _around(lambda around, row: around.is_new_language(row)),
    "unusual": _around(lambda around, row: around.is_unusual(row)),
} | {name: row_test(test) for name, test in FINDERS.items()}
