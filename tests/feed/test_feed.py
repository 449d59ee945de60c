"""Lines go in, calls come out, each once and in order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.config.model import Config
from tailllm.errors import GoneError
from tailllm.feed.feed import Feed
from tailllm.records.row import Row
from tests.feed.conftest import NOON, native
from tests.wait import wait_until

OpenFeed = Callable[..., Feed]


def rows(feed: Feed) -> list[Row]:
    return [row for _, row in feed.window.slice(feed.window.first, feed.window.end)]


def previews(feed: Feed) -> list[str]:
    return [row.preview for row in rows(feed)]


def test_what_was_there_comes_before_what_arrives(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(b"".join(native(n) for n in range(3)))
    feed = open_feed(log)

    with log.open("ab") as writer:
        writer.write(native(3))
    wait_until(feed.step)

    assert previews(feed) == [f"question {n}" for n in range(4)]


def test_history_gets_numbers_below_zero_and_never_moves_a_live_one(
    log: Path, open_feed: OpenFeed
) -> None:
    log.write_bytes(b"".join(native(n) for n in range(3)))
    feed = open_feed(log)

    with log.open("ab") as writer:
        writer.write(native(3))
    wait_until(feed.step)

    assert (feed.window.first, feed.window.end) == (-3, 1)


def test_several_files_are_merged_by_time(tmp_path: Path, open_feed: OpenFeed) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"".join(native(n) for n in (0, 2, 4)))
    (tmp_path / "b.jsonl").write_bytes(b"".join(native(n) for n in (1, 3, 5)))

    feed = open_feed(tmp_path)

    assert previews(feed) == [f"question {n}" for n in range(6)]


def test_a_line_that_is_no_call_is_counted_and_has_an_address(
    log: Path, open_feed: OpenFeed
) -> None:
    log.write_bytes(native(0) + b'{"level": "info", "event": "started"}\n{torn\n' + native(1))

    feed = open_feed(log)
    broken, other = feed.rejects.latest

    assert (feed.rejects.broken, feed.rejects.other) == (1, 1)
    assert (broken.kind, other.kind) == ("broken", "other")
    assert log.read_bytes()[broken.address.offset :].startswith(b"{torn\n")


def test_the_whole_call_is_read_again_from_its_bytes(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0) + native(1))
    feed = open_feed(log)

    call = feed.call(rows(feed)[1])

    assert call.output_text == "answer 1"
    assert [message.text for message in call.input_messages or ()] == [
        "You answer in two sentences.",
        "question 1",
    ]
    assert feed.raw(rows(feed)[1])[0].text + b"\n" == native(1)


def test_a_renamed_log_is_still_readable(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0))
    feed = open_feed(log)

    log.rename(log.with_suffix(".jsonl.1"))
    log.write_bytes(native(1))
    wait_until(lambda: (feed.step(), len(feed.window) == 2)[1])

    assert feed.call(rows(feed)[0]).output_text == "answer 0"


def test_bytes_that_are_gone_are_said_to_be_gone(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0))
    feed = open_feed(log)

    log.write_bytes(b"")

    with pytest.raises(GoneError) as refusal:
        feed.call(rows(feed)[0])
    assert refusal.value.fix


def test_the_same_id_twice_is_two_calls(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0) + native(0, output="another answer"))

    feed = open_feed(log)

    assert [feed.call(row).output_text for row in rows(feed)] == ["answer 0", "another answer"]


def test_every_output_is_judged_and_the_reason_is_kept(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0) + native(1, output="no"))
    config = Config.model_validate(
        {"validators": [{"name": "long_enough", "kind": "length", "min": 5}]}
    )

    feed = open_feed(log, config=config)
    good, bad = rows(feed)

    assert (good.verdicts, bad.failed) == ((("long_enough", "passed"),), ("long_enough",))
    assert feed.call(bad).evaluations[0].explanation


def test_a_verdict_found_in_the_log_stays_as_it_was(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(native(0, checks=[{"name": "grounded", "ok": False, "why": "no source"}]))

    feed = open_feed(log)

    assert feed.call(rows(feed)[0]).evaluations[0].explanation == "no source"
    assert rows(feed)[0].failed == ("grounded",)


def test_the_window_of_an_old_log_ends_at_its_newest_call(log: Path, open_feed: OpenFeed) -> None:
    log.write_bytes(b"".join(native(n) for n in range(120)))
    a_week_later = NOON.timestamp() + 7 * 86_400

    feed = open_feed(log, clock=lambda: a_week_later)
    stats = feed.store.stats(feed.span_ending_now(60))

    assert 59 <= stats.calls <= 61


def test_a_thread_reads_while_nobody_looks(log: Path) -> None:
    log.write_bytes(native(0))
    news: list[int] = []
    feed = Feed([str(log)], Config())

    feed.start(lambda: news.append(feed.window.end))
    try:
        wait_until(lambda: len(feed.window) == 1)
        with log.open("ab") as writer:
            writer.write(native(1))
        wait_until(lambda: len(feed.window) == 2)
        wait_until(lambda: news and news[-1] == 1)
    finally:
        feed.close()

    assert feed.progress.done


def test_a_restart_reads_all_that_is_there_whatever_was_rotated_meanwhile(
    log: Path, open_feed: OpenFeed
) -> None:
    """No offset is saved, so none can be wrong: the old generation is read where it is named."""
    log.write_bytes(native(0) + native(1))
    open_feed(log).close()
    log.rename(log.with_suffix(".jsonl.1"))
    log.write_bytes(native(2) + native(3))

    assert previews(open_feed(log)) == ["question 2", "question 3"]
    assert previews(open_feed(f"{log}*")) == [f"question {n}" for n in range(4)]
