"""The long past comes by helper processes, and is the same past."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tailllm.feed import backfill as backfill_module
from tailllm.feed import helpers as helpers_module
from tailllm.feed import reading as reading_module
from tailllm.feed.backfill import Given, backfill
from tailllm.feed.feed import Feed
from tailllm.feed.helpers import Helpers
from tailllm.feed.past import Left
from tailllm.records.batch import batch_of
from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.sources.follow import Follower
from tailllm.sources.stretch import Stretch
from tailllm.store.bulk import bulk
from tailllm.store.questions import GROUPS
from tailllm.store.store import Store
from tests.feed.conftest import native
from tests.wait import wait_until

OpenFeed = Callable[..., Feed]

ODD_LINES = [
    b"not json at all\n",
    b'{"level": "info", "msg": "another application"}\n',
    b"\n",
    b"\r\n",
    native(1, output="x" * 3_000),
    native(2, error={"type": "Timeout", "message": "too late"}),
    native(3, output="訂單 \u2028 \x85"),
    native(4)[:-1] + b"\r\n",
    b"\0" * 900 + native(5),
    native(6, id=None, checks=[{"name": "no_pii", "ok": False}, {"name": "len", "ok": True}]),
    native(7, ms=float("nan")),
    native(8, tools=[{"name": "look"}], prompt=None, cost=0.25, user="u-1", usage={}),
    b"\xff\xfe" + native(9),
]


class ReadyHelpers(Helpers):
    """Two that are there at once, so that a short log is long enough for them."""

    def __init__(self, *, niceness: int = 0) -> None:
        super().__init__(2, niceness=niceness)
        wait_until(lambda: self.ready)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill_module, "PORTION_BYTES", (700, 700))


@pytest.fixture
def in_portions(monkeypatch: pytest.MonkeyPatch, small_portions: None) -> None:
    monkeypatch.setattr(reading_module, "FIRST_STEPS", 3)
    monkeypatch.setattr("tailllm.sources.past.FIRST_CHUNK_BYTES", 2_000)


@pytest.fixture
def with_helpers(monkeypatch: pytest.MonkeyPatch, in_portions: None) -> None:
    monkeypatch.setattr(backfill_module, "HELP_WORTH_S", 0.0)
    monkeypatch.setattr(reading_module, "SHORT_BYTES", 0)
    monkeypatch.setattr(helpers_module, "Helpers", ReadyHelpers)


def odd_log(log: Path, count: int = 60) -> None:
    random = Random(3)
    lines = [random.choice([native(n), *ODD_LINES]) for n in range(count)]
    log.write_bytes(b"\xef\xbb\xbf" + b"".join(lines) + native(count))


def summary(feed: Feed) -> object:
    window = feed.window
    rows = [row._replace(arrived=0.0) for _, row in window.slice(window.first, window.end)]
    counts = [state[1:] for state in feed.files]
    stats = {by: feed.store.stats(by=by).as_json() for by in GROUPS}
    return rows, counts, stats, feed.rejects.by_reason, feed.store.newest_at


@pytest.mark.parametrize("way", ["in_portions", "with_helpers"])
def test_portions_give_what_reading_line_by_line_gives(
    log: Path, open_feed: OpenFeed, request: pytest.FixtureRequest, way: str
) -> None:
    odd_log(log)
    by_line = summary(open_feed(log))
    request.getfixturevalue(way)

    assert repr(summary(open_feed(log))) == repr(by_line)


def test_what_helpers_cannot_read_is_read_here(
    log: Path, open_feed: OpenFeed, request: pytest.FixtureRequest
) -> None:
    sample = Path(__file__).parents[2] / "sample_logs" / "otel.jsonl"
    log.write_bytes(sample.read_bytes())
    here = open_feed(log).store.stats(by="model").calls
    request.getfixturevalue("with_helpers")

    assert open_feed(log).store.stats(by="model").calls == here > 0


def given(log: Path, helpers: Helpers) -> list[Given]:
    follower = Follower([str(log)], follow=False)
    try:
        left = [Left(past, past.size) for past in follower.past]
        answers = backfill(left, helpers, clock=lambda: 0.0, wants_rows=lambda: True)
        return [one for one in answers if one is not None]
    finally:
        helpers.close()
        follower.close()


@pytest.mark.usefixtures("small_portions")
def test_a_helper_that_dies_leaves_its_portions_to_us(log: Path) -> None:
    odd_log(log)
    helpers = ReadyHelpers()
    for helper in helpers._all:
        helper.kill()
        helper.wait()

    assert [one[1:] for one in given(log, helpers)] == [(0, log.stat().st_size, None)]


@pytest.mark.usefixtures("small_portions")
def test_portions_lie_end_to_end(log: Path) -> None:
    odd_log(log)
    portions = given(log, ReadyHelpers())

    assert all(one.end == before.start for before, one in pairwise(portions))


@pytest.mark.parametrize("seed", range(30))
def test_stretches_of_any_size_give_every_line_once(log: Path, seed: int) -> None:
    random = Random(seed)
    pieces = [b"a", b"\n", b"\n\n", b"\r\n", b"bcd" * 40, b"\0" * 30, b"\xef\xbb\xbf", b"e\n"]
    log.write_bytes(b"".join(random.choices(pieces, k=80)))
    follower = Follower([str(log)], follow=False)
    (past,) = follower.past
    expected = [line for chunk in past.forward() for line in chunk]
    size = random.randint(1, 200)
    found = []
    for end in range(past.size, 0, -size):
        one = Stretch(past.origin(), max(0, end - size), end, past.size)
        for lines in one.backward(random.randint(1, size)):
            found = lines.each() + found
        assert not one.is_lost
    follower.close()

    assert found == expected


def test_a_file_that_is_another_by_now_is_not_read(log: Path) -> None:
    log.write_bytes(native(1) + native(2))
    follower = Follower([str(log)], follow=False)
    origin, size = follower.past[0].origin(), log.stat().st_size
    log.write_bytes(native(3) + native(4))
    follower.close()

    stretch = Stretch(origin, 0, size, size)
    assert list(stretch.backward()) == []
    assert stretch.is_lost


def make_rows(count: int) -> list[Row]:
    random = Random(5)
    empty = Row(*[None] * len(Row._fields))  # type: ignore[arg-type]
    return [
        empty._replace(
            key=f"resp:{n}",
            format="native",
            status=random.choice(["ok", "error"]),
            state="done",
            at=random.choice([1e9 + n, -5.0, float("nan"), 4e9]),
            arrived=2e9,
            latency_ms=random.choice([None, 12.5, float("inf"), -1.0, 900.0]),
            model=random.choice(["a", "b", None]),
            user_id=random.choice(["u", None, 'quote " comma , \n']),
            error_type=random.choice([None, "Timeout"]),
            input_tokens=random.choice([None, 0, 10**14]),
            cost=random.choice([None, 0.5]),
            tool_calls=0,
            verdicts=random.choice([(), (("v", "failed"),), (("v", "passed"), ("w", "errored"))]),
            preview="",
            reply="",
            source=(Address("f", n, 1),),
        )
        for n in range(count)
    ]


def test_a_store_that_adopts_calls_knows_what_one_that_adds_them_knows() -> None:
    rows = make_rows(300)
    added, adopting = Store(), Store()
    added.prepend(rows)

    assert adopting.adopt(bulk(batch_of(rows)), rows)
    for by in GROUPS:
        assert adopting.stats(by=by) == added.stats(by=by)
    assert (adopting.oldest_at, adopting.newest_at) == (added.oldest_at, added.newest_at)
    assert adopting.slow_over(rows[0]) == added.slow_over(rows[0])
    assert adopting.window.slice(-300, 0) == added.window.slice(-300, 0)


def test_what_no_column_can_hold_is_left_out_and_the_call_is_kept() -> None:
    rows = [
        row._replace(cache_read_input_tokens=2**40, user_id="\udfff", http_status=429)
        for row in make_rows(3)
    ]
    store = Store()

    assert store.adopt(bulk(batch_of(rows)), rows)
    kept = store.ledger.ask(
        "SELECT cache_read_input_tokens, http_status, count(*) FROM calls GROUP BY 1, 2"
    )
    assert kept == [(None, 429, 3)]
    assert [group.name for group in store.stats(by="user").groups] == ["\ufffd"]
