"""The filter language: what each word of it shows, and how it says no."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.errors import FilterError, UsageError
from tailllm.records.row import Row
from tailllm.store.fields import FIELDS
from tailllm.store.filter import complete, parse, term
from tests.amounts import examples

MakeRow = Callable[..., Row]


@pytest.fixture
def row(make_row: MakeRow) -> Row:
    return make_row(
        model="gpt-4o-mini",
        prompt_name="billing",
        prompt_version="v15",
        user_id="u_2283",
        latency_ms=2500.0,
        ttft_ms=350.0,
        input_tokens=6000,
        output_tokens=200,
        cost=0.02,
        finish_reason="tool_call",
        status="error",
        error_type="RateLimitError",
        http_status=429,
        verdicts=(("no_pii", "failed"), ("json", "passed"), ("lang", "errored")),
        preview="Where is MY invoice?",
        reply="Sorry, 注文番号 not found (yet)",
        tool_calls=2,
    )


SHOWN = [
    "",
    "   ",
    "invoice",
    "INVOICE sorry",
    '"is my inv"',
    "注文",
    "billing@v15",
    "model:gpt",
    "model:GPT*",
    "model:*mini",
    "model:g*4o*mini",
    "model=gpt-4o-mini",
    "model!=gpt",
    "prompt:billing",
    "prompt:billing@v15",
    "prompt:billing@*",
    "version:v15",
    "user:u_22",
    "latency>2s",
    "ms>2000",
    "ms>=2500",
    "latency:>2s",
    "latency=2.5s",
    "ms!=1",
    "ttft>300ms",
    "in>5k",
    "out<1k",
    "tokens>6.1k",
    "tokens<=6200",
    "cost>0.01",
    "cost>$0.01",
    "cost:*",
    "cached!=*",
    "tools=2",
    "http>=400",
    "status:fail",
    "status:error",
    "status:ok|fail",
    "error:429",
    "error:ratelimit",
    "error:*",
    "finish:tool_call",
    "v:no_pii",
    "validator:lang",
    "v:json:passed",
    "v:no*:failed",
    "is:bad",
    "is:failed",
    "is:error",
    "is:errored",
    "-is:partial",
    "-refund",
    "!refund",
    "--invoice",
    "refund OR invoice",
    "refund OR (model:gpt ms>2000)",
    "-(refund OR voucher)",
    "invoice AND sorry",
    '"(yet)"',
    "found (refund OR invoice)",
]
HIDDEN = [
    "refund",
    "invoice refund",
    '"invoice is"',
    "model:claude",
    "model:mini*",
    "model=gpt",
    'model:"gpt*"',
    "prompt:billing@v1",
    "version:v1",
    "latency<2s",
    "ms:2",
    "in<5k",
    "cached>0",
    "cached<=0",
    "status:ok",
    "error:500",
    "v:json",
    "v:no",
    "is:marked",
    "is:slow",
    "is:partial",
    "-invoice",
    "refund OR model:claude",
    "invoice (refund OR voucher)",
]


@pytest.mark.parametrize("text", SHOWN)
def test_it_shows(row: Row, text: str) -> None:
    assert parse(text)(row)


@pytest.mark.parametrize("text", HIDDEN)
def test_it_hides(row: Row, text: str) -> None:
    assert not parse(text)(row)


def test_marked_and_slow_are_said_by_the_caller(row: Row) -> None:
    assert parse("is:marked")(row, marked=True)
    assert parse("is:slow -is:marked")(row, slow=True)


def test_a_filter_says_whether_it_needs_to_know_what_is_slow() -> None:
    assert parse("model:gpt OR is:slow").asks_slow
    assert not parse("model:slow").asks_slow
    assert parse("-(a is:marked)").asks_marked


def test_what_the_log_does_not_say_matches_nothing_so_its_opposite_finds_it(
    make_row: MakeRow,
) -> None:
    silent = make_row(user_id=None, latency_ms=None, model=None)

    for text in ("user:*", "latency>0", "latency<9h", "latency:*", "model:g"):
        assert not parse(text)(silent)
        assert parse(f"-{text}")(silent)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("modle:gpt", "model"),
        ("latncy>2s", "latency"),
        ("status:eror", "status:error"),
        ("is:sloww", "is:slow"),
        ("latency>2parsecs", "5ms"),
        ("in>many", "5k"),
        ("cost>nan", "5"),
        ("ms>inf", "5"),
        ("model>3", "model:gpt*"),
        ("model:", "model:gpt*"),
        ("(a", '")"'),
        ("a)", '")"'),
        ("a OR", "both sides"),
        ("OR a", "both sides"),
        ("()", "double quotes"),
        ('"open', '"'),
        ("htp://example.com", "double quotes"),
        ("(" * 60, "fewer"),
        ("x" * 5000, "4096"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_write(text: str, fix: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text)

    assert fix in refused.value.fix


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("a modle:gpt b", 2, 11),
        ("status:ok (ms>2parsecs)", 14, 22),
        ("a OR", 4, 4),
        ("(a (b", 3, 4),
        ('a "open', 2, 7),
        ("a) b", 1, 2),
        ("since:yesterday", 6, 15),
        ("saved:nobody", 6, 12),
    ],
)
def test_a_refusal_says_where(text: str, start: int, end: int) -> None:
    with pytest.raises(FilterError) as refused:
        parse(text)

    assert (refused.value.start, refused.value.end) == (start, end)
    assert f"character {start + 1}" in refused.value.what


def test_a_saved_filter_stands_for_its_text(row: Row) -> None:
    saved = {"mine": "user:u_2283 OR user:nobody", "slow": "saved:mine ms>2s", "self": "saved:self"}

    assert parse("saved:slow", saved=saved)(row)
    assert not parse("-saved:mine", saved=saved)(row)
    with pytest.raises(FilterError, match="itself"):
        parse("saved:self", saved=saved)


def test_a_text_in_quotes_is_looked_for_in_whole_messages(row: Row) -> None:
    class Around:
        def holds(self, _row: Row, wanted: str) -> bool:
            return wanted in "you are the assistant.\nthree questions"

    keep = parse('"THREE questions"')

    assert keep.asks_around
    assert keep(row, around=Around())  # type: ignore[arg-type]
    assert not keep(row)
    assert not parse("three")(row, around=Around())  # type: ignore[arg-type]


pieces = st.sampled_from(
    [*SHOWN, *HIDDEN, *'()-!:|*"\\<>=', " ", " OR ", " AND ", "is:", "ms>", "\ud83d", "\x00"]
)
anything = st.lists(pieces | st.text(max_size=6), max_size=8).map("".join)
sensible = st.sampled_from([text for text in SHOWN + HIDDEN if text.strip() and "OR" not in text])


@given(text=anything)
@settings(max_examples=examples(400))
def test_no_text_raises_anything_but_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        assert parse(text).text == text


@given(text=anything, marked=st.booleans(), slow=st.booleans())
@settings(max_examples=examples(300))
def test_not_is_the_complement(text: str, marked: bool, slow: bool) -> None:
    row = _row()
    try:
        plain = parse(text)
        opposite = parse(f"-({text})")
    except UsageError:
        return

    if plain:
        shown = plain(row, marked=marked, slow=slow)
        assert opposite(row, marked=marked, slow=slow) is not shown


@given(left=sensible, right=sensible, slow=st.booleans())
@settings(max_examples=examples(300))
def test_or_is_union_and_a_blank_is_intersection(left: str, right: str, slow: bool) -> None:
    row = _row()
    one, other = parse(left)(row, slow=slow), parse(right)(row, slow=slow)

    assert parse(f"{left} OR {right}")(row, slow=slow) == (one or other)
    assert parse(f"{left} {right}")(row, slow=slow) == (one and other)


@given(value=st.text(min_size=1, max_size=20))
@settings(max_examples=examples(200))
def test_keeping_a_value_keeps_exactly_it_whatever_is_in_it(value: str) -> None:
    row = _row()._replace(model=value, user_id=None)

    assert parse(term("model", value))(row)
    assert not parse(term("model", value, hide=True))(row)
    assert not parse(term("model", value + "x"))(row)
    assert parse(term("user", None))(row)


def test_a_pattern_full_of_stars_stays_cheap(row: Row) -> None:
    long = row._replace(preview="a" * 160)

    assert not parse("asked:" + "*a" * 30 + "*b")(long)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_example_in_the_help_can_be_typed(field: object, row: Row) -> None:
    parse(field.example, saved={"mine": "user:u_2283"})(row)  # type: ignore[attr-defined]


def test_half_a_word_is_completed() -> None:
    assert complete("mo") == ["model:"]
    assert complete("a -status:f") == ["a -status:fail"]
    assert complete("model:gpt-4") == []
    assert complete("x (lat") == ["x (latency>"]
    assert complete("a is:re") == ["a is:retry", "a is:refusal"]


def test_values_seen_are_completed_too() -> None:
    seen = {"model": ["gpt-4o", "a model (old)"], "user": ["u_1"]}

    assert complete("model:g", values=seen) == ["model:gpt-4o"]
    assert complete("-model:a", values=seen) == ['-model:"a model (old)"']
    assert complete("model:gpt-4o", values=seen) == []


def _row() -> Row:
    values: dict[str, object] = dict.fromkeys(Row._fields)
    values |= {"key": "k", "status": "ok", "state": "done", "model": "gpt-4o-mini"}
    values |= {"verdicts": (("json", "failed"),), "preview": "my invoice", "reply": "sorry"}
    values |= {"latency_ms": 2500.0, "tool_calls": 0, "at": 1.0, "arrived": 1.0}
    return Row(**values)  # type: ignore[arg-type]
