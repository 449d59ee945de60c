"""Clocks that disagree: nothing is lost or moved, and somebody is told."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tailllm.feed.feed import Feed
from tests.feed.conftest import NOON, native
from tests.wait import wait_until

OpenFeed = Callable[..., Feed]


def followed(log: Path, open_feed: OpenFeed, *times: str) -> Feed:
    """A feed at noon to which calls of these times were written while it looked."""
    log.write_bytes(native(0, ts=(NOON - timedelta(days=3)).isoformat()))
    begun = NOON.timestamp() - time.monotonic()
    feed = open_feed(log, clock=lambda: begun + time.monotonic())
    with log.open("ab") as writer:
        writer.write(b"".join(native(n, ts=at) for n, at in enumerate(times, 1)))
    wait_until(lambda: (feed.step(), feed.window.end == len(times))[1])
    return feed


def clocks(feed: Feed) -> list[str]:
    return [notice.text.split(":")[0] for notice in feed.notices if notice.kind == "clock"]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-14, ["A call came 14 minutes after the time it names"]),
        (14, ["A call came 14 minutes before the time it names"]),
        (-60 * 24 * 3, ["A call came 3 days after the time it names"]),
        (-4, []),
        (4, []),
    ],
)
def test_calls_that_arrive_over_five_minutes_from_their_time_are_told_once_for_a_file(
    log: Path, open_feed: OpenFeed, minutes: int, said: list[str]
) -> None:
    at = (NOON + timedelta(minutes=minutes)).isoformat()

    assert clocks(followed(log, open_feed, at, at, at)) == said


def test_a_call_without_a_time_or_with_one_in_another_zone_accuses_no_clock(
    log: Path, open_feed: OpenFeed
) -> None:
    feed = followed(log, open_feed, "2026-11-23T02:00:00+14:00", "2026-11-21T22:00:00-14:00", "")

    assert clocks(feed) == []


@pytest.mark.parametrize(
    "times",
    [
        ("2026-11-22T12:00:00Z", "2026-11-22T11:00:00Z", "2026-11-22T13:00:00Z"),
        ("2026-11-22T11:59:60Z", "2016-12-31T23:59:60Z", "2100-01-01T00:00:00Z"),
        (1_795_348_800, 1_795_348_800_123, 1_795_348_800_123_456_789),
        ("", "not a time", None),
    ],
    ids=["out of order", "leap second and far future", "s, ms and ns", "absent"],
)
def test_live_calls_stand_in_the_order_in_which_they_came_whatever_their_times(
    log: Path, open_feed: OpenFeed, times: tuple[str, ...]
) -> None:
    feed = followed(log, open_feed, *times)
    rows = [row for _, row in feed.window.slice(0, feed.window.end)]

    assert [row.preview for row in rows] == ["question 1", "question 2", "question 3"]
    assert feed.store.stats(feed.span_ending_now(60)).calls >= 1
