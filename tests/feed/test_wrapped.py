"""Wrapped logs and house formats, from the file to the call that is read again."""

import json
from collections.abc import Callable
from pathlib import Path

from tailllm.config.load import load
from tailllm.feed.feed import Feed
from tests.feed.conftest import native

LONG = "Öffnungszeiten und Tarife. " * 1_500
"""Longer than the 16 KiB at which container runtimes cut a line."""


def cri(text: bytes, size: int = 16_384) -> bytes:
    cuts = [text[at : at + size] for at in range(0, len(text), size)]
    head = b"2026-11-22T13:57:26.356485328Z stdout "
    marked = [head + b"P " + cut + b"\n" for cut in cuts[:-1]]
    return b"".join([*marked, head + b"F " + cuts[-1] + b"\n"])


def long_line(number: int) -> bytes:
    return native(number, output=f"{number} {LONG}").removesuffix(b"\n")


def test_no_call_is_lost_between_the_chunks_of_a_big_wrapped_file(
    log: Path, open_feed: Callable[..., Feed]
) -> None:
    log.write_bytes(b"".join(cri(long_line(number)) for number in range(150)))
    feed = open_feed(log)

    rows = [row for _, row in feed.window.newest_first()]
    assert len(rows) == len({row.key for row in rows}) == 150
    assert feed.rejects.total == 0
    assert feed.files[0].format == "native in cri"


def test_a_call_of_cut_lines_is_the_same_when_it_is_read_again(
    log: Path, open_feed: Callable[..., Feed]
) -> None:
    log.write_bytes(b"".join(cri(long_line(number)) for number in range(20)))
    feed = open_feed(log)

    for _, row in feed.window.newest_first():
        call = feed.call(row)
        assert call.output_text == f"{int(row.key[-4:])} {LONG}"
        assert len(call.source) == len(row.source) > 1
        assert b"".join(line.text for line in feed.raw(row)).count(b" stdout P ") >= 1


def test_a_line_is_a_call_when_its_last_part_has_come(
    log: Path, open_feed: Callable[..., Feed]
) -> None:
    parts = cri(long_line(2)).splitlines(keepends=True)
    log.write_bytes(cri(long_line(1)) + parts[0])
    feed = open_feed(log)
    before = len(feed.window)
    with log.open("ab") as file:
        file.write(b"".join(parts[1:]))
    while feed.step():
        pass

    assert (before, len(feed.window)) == (1, 2)
    assert feed.rejects.total == 0


def test_a_cut_line_without_its_end_is_counted_when_nothing_more_comes(
    log: Path, open_feed: Callable[..., Feed]
) -> None:
    log.write_bytes(cri(long_line(1)) + cri(long_line(2)).splitlines(keepends=True)[0])
    feed = open_feed(log)
    feed.finish()

    assert len(feed.window) == 1
    assert dict(feed.rejects.by_reason) == {"a cut line without its end": 1}


def test_a_pretty_printed_document_is_one_reject(log: Path, open_feed: Callable[..., Feed]) -> None:
    document = json.dumps({"calls": [{"model": "m", "n": n} for n in range(9_000)]}, indent=1)
    log.with_name("EXPECTED.json").write_text(document)
    log.write_bytes(native(1))
    feed = open_feed(log.parent)

    assert len(feed.window) == 1
    assert dict(feed.rejects.by_reason) == {"a JSON document over many lines, no log": 1}


def test_a_house_format_is_read_by_its_mapping(
    log: Path, open_feed: Callable[..., Feed], tmp_path: Path
) -> None:
    (tmp_path / "tailllm.toml").write_text(
        '[dialects.till]\nmatch = "ev == \'ask\'"\ntime = "at"\nlatency_s = "took"\n'
        'model = "bot.name"\nmessages = "bot.asked"\noutput = "bot.said"\n'
        'input_tokens = "bot.n[0]"\noutput_tokens = "bot.n[1]"\n'
    )
    bot = {"name": "m-1", "asked": "Open today?", "said": "Yes.", "n": [12, 3]}
    lines = [{"ev": "ask", "at": 1_795_348_800, "took": 1.5, "bot": bot}, {"ev": "tick", "at": 1}]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    feed = open_feed(log, config=load(None, cwd=tmp_path, environ={}))
    [(_, row)] = feed.window.newest_first()
    call = feed.call(row)

    assert (row.format, row.model, row.latency_ms, row.at) == (
        "till",
        "m-1",
        1_500.0,
        1_795_348_800,
    )
    assert (call.usage.input_tokens, call.usage.output_tokens) == (12, 3)
    assert (call.output_text, call.input_messages[0].text) == ("Yes.", "Open today?")  # type: ignore[index]
    assert feed.rejects.other == 1
