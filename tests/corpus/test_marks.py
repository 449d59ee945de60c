"""What a mark keeps, and what several marks of one call are together."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.marks import Marks
from tailllm.errors import CorpusError
from tailllm.records.call import Call, Evaluation, Message, MessagePart, Source
from tests.corpus.writer import call, line

FULL = Call(
    key="line:1:2:abcd:77",
    format="native",
    source=(Source(file="/var/log/assist/a.jsonl", offset=77, length=9),),
    input_messages=(Message(role="user", parts=(MessagePart(type="text", content="hi"),)),),
    request_params={"temperature": 0.2},
    output_text="Hello.",
    evaluations=(Evaluation(name="polite", passed=True),),
)


def test_a_mark_holds_the_call_and_its_bytes_after_the_log_is_gone(marks: Marks) -> None:
    raw = [line(b'{"a": 1}', 77), line(b"\x00\xff\xfe torn", 90)]

    marks.mark(FULL, raw, paths={"1:2:abcd": "/var/log/assist/a.jsonl"})
    found = marks.whole(marks.read().marks[0])

    assert found.call == FULL
    assert found.raw == tuple(raw)
    assert found.paths == {"1:2:abcd": "/var/log/assist/a.jsonl"}


def test_a_mark_says_who_when_where_and_with_which_words(marks_of: Callable[..., Marks]) -> None:
    marks = marks_of(clock=lambda: 1_795_348_800.25)
    kept = marks.mark(
        FULL, [line(b"x")], paths={}, note="odd", labels=["b", "a"], expected="Good day."
    )
    entry = json.loads(kept.path.read_bytes())

    assert (entry["by"], entry["host"], entry["version"]) == ("ana", "prod-3", "0.1")
    assert entry["at"] == "2026-11-22T12:00:00.250Z"
    assert (entry["note"], entry["labels"], entry["expected"]) == ("odd", ["a", "b"], "Good day.")


@pytest.mark.parametrize("by", ["ana", "ben"])
@pytest.mark.parametrize("host", ["prod-3", "prod-4"])
def test_the_same_call_marked_twice_is_one_item(
    marks_of: Callable[..., Marks], by: str, host: str
) -> None:
    elsewhere = FULL.model_copy(
        update={"key": "line:9:9:abcd:0", "source": (), "evaluations": (), "warnings": ("late",)}
    )

    first = marks_of().mark(FULL, [line(b"x")], paths={}, labels=["a"])
    second = marks_of(by, host).mark(elsewhere, [line(b"x")], paths={}, labels=["b"])
    (mark,) = marks_of().read().marks

    assert first.mark_id == second.mark_id
    assert len(mark.votes) == (1 if (by, host) == ("ana", "prod-3") else 2)
    assert set(marks_of().read().keys) == {FULL.key, elsewhere.key}


def test_another_answer_to_the_same_question_is_another_item(marks: Marks) -> None:
    marks.mark(FULL, [], paths={})
    marks.mark(FULL.model_copy(update={"output_text": "Go away."}), [], paths={})

    assert len(marks.read().marks) == 2


def test_an_unmarked_call_stands_again_when_somebody_marks_it_again(marks: Marks) -> None:
    kept = marks.mark(FULL, [], paths={}, note="first")
    marks.unmark(kept.mark_id)
    assert marks.read().keys == {}

    marks.mark(FULL, [], paths={})
    (mark,) = marks.read().marks

    assert mark.note is None
    assert marks.read().keys == {FULL.key: kept.mark_id}
    assert kept.path.read_bytes().count(b"\n") == 3


def test_the_latest_words_count_and_silence_takes_nothing_back(
    marks_of: Callable[..., Marks],
) -> None:
    ana, ben = marks_of("ana"), marks_of("ben")
    kept = ana.mark(FULL, [], paths={}, note="odd", labels=["tone"], expected="Hi")
    ben.mark(FULL, [], paths={})
    ben.edit(kept.mark_id, labels=["greeting"])
    ana.edit(kept.mark_id, expected="")
    (mark,) = ana.read().marks

    assert (mark.note, mark.labels, mark.expected) == ("odd", ("greeting",), None)
    assert [vote.by for vote in mark.votes] == ["ana", "ben"]


def test_a_clock_that_jumps_back_does_not_bring_a_mark_back(
    marks_of: Callable[..., Marks], fallback: Path
) -> None:
    late, early = marks_of(clock=lambda: 2e9), marks_of(clock=lambda: 1e9)
    kept = late.mark(FULL, [], paths={})
    fallback.mkdir(parents=True)
    late.fallback.write_bytes(b"")
    early.unmark(kept.mark_id)

    assert late.read().marks == []


def test_damaged_and_newer_lines_are_counted_and_the_rest_is_read(marks: Marks) -> None:
    path = marks.mark(call("one"), [], paths={}).path
    with path.open("ab") as file:
        file.write(b'{"schema":1,"kind":"mark","mark_id":"torn","call":{"key":"resp:on\n')
        file.write(b"<<<<<<< HEAD\n\n[]\n7\n\xff\xfe\n" + b"[" * 100_000 + b"\n")
        file.write(b'{"schema":2,"kind":"vote","mark_id":7}\n')
    marks.mark(call("two"), [], paths={})
    found = marks.read()

    assert [mark.keys for mark in found.marks] == [("resp:one",), ("resp:two",)]
    assert (found.damaged, found.newer) == (6, 1)


@pytest.mark.parametrize("key", ["../../x", "/etc/passwd", "a\x00b", "\ud800", "x" * 5000])
def test_no_path_is_made_from_an_id(marks: Marks, tmp_path: Path, key: str) -> None:
    marks.mark(call("x").model_copy(update={"key": key}), [], paths={key: key}, note=key)
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}

    assert files == {"marks.jsonl"}
    assert list(marks.read().keys) == [key]


def test_the_file_shows_text_that_does_nothing_on_a_terminal(marks: Marks) -> None:
    text = "\x1b[2J\x9b31m\u202e\u2028\u200b\U000e0041\ud800 訂單 é"
    kept = marks.mark(call("x").model_copy(update={"output_text": text}), [], paths={}, note=text)
    written = kept.path.read_text(encoding="utf-8")

    assert all(char.isprintable() for char in written[:-1])
    assert "訂單 é" in written
    assert marks.whole(marks.read().marks[0]).call.output_text == text


def test_a_record_of_ten_megabytes_comes_back_whole(marks: Marks) -> None:
    raw = line(os.urandom(5 << 20) + b"a" * (5 << 20))
    big = call("big", 10 << 20)

    marks.mark(big, [raw], paths={})
    found = marks.whole(marks.read().marks[0])

    assert found.raw == (raw,)
    assert found.call == big


def test_a_value_nested_too_deep_is_cut_and_its_bytes_are_kept(marks: Marks) -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    raw = line(b"[" * 5000 + b"1" + b"]" * 5000)

    marks.mark(call("x").model_copy(update={"metadata": {"deep": deep}}), [raw], paths={})

    assert marks.whole(marks.read().marks[0]).raw == (raw,)


def test_numbers_that_json_cannot_hold_do_not_stop_a_mark(marks: Marks) -> None:
    odd = call("x").model_copy(update={"latency_ms": float("inf"), "metadata": {"n": float("nan")}})
    marks.mark(odd, [], paths={})

    assert marks.whole(marks.read().marks[0]).call.metadata == {"n": None}


def test_whole_refuses_bytes_that_are_no_longer_what_was_marked(marks: Marks) -> None:
    kept = marks.mark(call("x"), [line(b"exact")], paths={})
    (mark,) = marks.read().marks
    kept.path.write_bytes(kept.path.read_bytes().replace(b'"exact"', b'"eXact"'))

    with pytest.raises(CorpusError, match="no longer have their hash"):
        marks.whole(mark)


def test_only_the_owner_can_read_marks_whatever_the_umask(marks: Marks) -> None:
    before = os.umask(0)
    try:
        kept = marks.mark(call("x"), [], paths={})
    finally:
        os.umask(before)

    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_no_marks_yet_is_an_empty_list(marks: Marks) -> None:
    assert marks.read().marks == []
