"""A filter means the same to the ledger as to Python, and its values are never SQL."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.errors import UsageError
from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.store.filter import Now, parse, term
from tailllm.store.ledger import Ledger
from tailllm.store.questions import GROUPS
from tailllm.store.store import Store
from tailllm.store.where.written import written_out
from tests.amounts import examples
from tests.conftest import NOON
from tests.store.rows import rows
from tests.store.test_filter import HIDDEN, SHOWN

NOW = Now(NOON + 600, NOON + 600)
values = st.sampled_from(
    ["u_1", "U*", "*_1", "u*_1", "*s*e*", "x%y_z", "%", "_", "k", "ss*", "*ß*", "a*b", '"a*b"', "*"]
) | st.text(st.characters(codec="utf-8", exclude_characters='\n "()|'), min_size=1, max_size=4)
texts = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["user", "conv", "key", "model", "error", "prompt", "version", "v", "host", "route", "file"]
    ),
    st.sampled_from([":", "=", "!="]),
    values,
)
times = st.sampled_from(
    ["since:5m", "until:12:05", "time:12:01..12:04:30", "time>12:02", "-since:2m", "time:..12:01"]
)
leaves = st.sampled_from([text for text in SHOWN + HIDDEN if text.strip()]) | texts | times
filters = st.recursive(
    leaves,
    lambda inner: (
        st.builds("({} OR {})".format, inner, inner)
        | st.builds("{} {}".format, inner, inner)
        | st.builds("-({})".format, inner)
    ),
    max_leaves=4,
)


def numbers(ledger: Ledger, text: str) -> list[int] | None:
    """Which calls the ledger keeps."""
    condition = parse(text, now=NOW).condition(ledger)
    if condition is None:
        return None
    found = ledger.ask(f"SELECT seq FROM calls WHERE {condition.sql}", condition.values)
    return sorted(seq for (seq,) in found)


@given(calls=rows(12), asked=st.lists(filters, min_size=1, max_size=12))
@settings(max_examples=6, deadline=None)
def test_the_ledger_keeps_the_calls_that_python_keeps(calls: list[Row], asked: list[str]) -> None:
    assert_same(calls, asked)


@pytest.mark.long
@given(calls=rows(20), asked=st.lists(filters, min_size=1, max_size=20))
@settings(max_examples=examples(150))
def test_the_ledger_keeps_them_whatever_is_asked(calls: list[Row], asked: list[str]) -> None:
    assert_same(calls, asked)


@given(calls=rows(12), text=times, later_s=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_a_filter_with_its_times_written_out_means_the_same_tomorrow(
    calls: list[Row], text: str, later_s: int
) -> None:
    then = parse(text, now=NOW)
    written = written_out(
        f"(model:x OR {text})", NOW, lambda at: datetime.fromtimestamp(at, UTC).isoformat()
    )
    later = parse(written, now=Now(NOW.clock + later_s, NOW.clock + later_s))

    assert [later(row) for row in calls] == [then(row) for row in calls]
    assert written_out("user:since saved:5m -is:bad", NOW, str) == "user:since saved:5m -is:bad"


def assert_same(calls: list[Row], asked: list[str]) -> None:
    ledger = Ledger()
    ledger.extend(enumerate(calls))

    for text in asked:
        try:
            keep = parse(text, now=NOW)
        except UsageError:
            continue
        found = numbers(ledger, text)
        if found is None:
            assert keep.needs_rows
        else:
            assert found == [seq for seq, row in enumerate(calls) if keep(row)], text


@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE calls; --", "\x00", "\ud83d", "1) OR (true", "{where}", "x" * 4000],
    ids=["quote", "nul", "surrogate", "bracket", "braces", "long"],
)
def test_a_value_is_a_value_whatever_is_in_it(value: str, make_row) -> None:
    store = Store()
    store.extend([make_row(user_id="u_1"), make_row(user_id=None)])

    for field in ("user", "key", "model", "prompt"):
        where = parse(f'{field}="{value}"').condition(store.ledger)
        assert where is not None
        assert store.stats(where=where).calls == 0
    assert store.stats().calls == 2


@given(calls=rows(12))
@settings(max_examples=6, deadline=None)
def test_the_calls_of_a_group_are_those_its_filter_finds(calls: list[Row]) -> None:
    # Filters do not tell u_1 from U_1, and a call that went well is not answered with 429.
    calls = [
        row._replace(
            source=(Address(f"8:{n % 3}:ab", 0, 9),),
            user_id=row.user_id and row.user_id.casefold(),
            conversation_id=f"s_{n % 4}",
            http_status=row.http_status if row.status == "error" else None,
        )
        for n, row in enumerate(calls)
    ]
    store = Store()
    store.extend(calls)

    for by in sorted(GROUPS.keys() - {"validator", "novel"}):
        for group in store.stats(by=by).groups:
            name = group.name and path(group.name) if by == "file" else group.name
            if name == "":
                continue
            keep = parse(term(by, name), path=path)
            where = keep.condition(store.ledger)

            assert where is not None
            assert store.stats(where=where).calls == sum(map(keep, calls)) == group.calls, (
                by,
                name,
            )


def path(file: str) -> str:
    return re.sub(r"^8:(.*):ab$", r"/var/log/assist.\1.jsonl", file)


def test_a_file_is_found_by_its_path_and_never_by_its_id(make_row) -> None:
    row = make_row(source=(Address("8:1:ab", 0, 9),))

    for text in ("file:assist", "file=/var/log/assist.1.jsonl", "file:*.1.jsonl", "-file:other"):
        assert parse(text, path=path)(row), text
    for text in ("file:8:1:ab", "file=assist", "-file:*", "saved:mine"):
        assert not parse(text, path=path, saved={"mine": "file:other"})(row), text


def test_what_only_rows_can_tell_is_not_asked_of_the_ledger() -> None:
    for text in ("word", '"a text"', "asked:x", "is:caps", "is:retry", "is:marked", "a OR model:x"):
        assert parse(text).needs_rows
        assert parse(text).condition(Ledger()) is None
    assert not parse("model:x (in>5k OR -status:ok)").needs_rows


def test_statistics_of_a_filter_are_those_of_its_calls(make_row) -> None:
    rows = [make_row(model=model, at=NOON + n) for n, model in enumerate(["a", "b", "a", None])]
    store, alone = Store(), Store()
    store.extend(rows)
    alone.extend([row for row in rows if row.model == "a"])
    where = parse("model=a").condition(store.ledger)

    assert where is not None
    for by in ("prompt", "validator", "user", "conversation", "file", None):
        assert store.stats(by=by, where=where) == alone.stats(by=by)
    assert sum(store.timeline(alone_span(store), 4, where).calls) == 2


def alone_span(store: Store):
    from tailllm.store.span import Span

    return Span(store.oldest_at, store.newest_at)
