"""What an engineer asks, against plain Python over the same calls."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.ask.pair import pair, prefix, prompt_pair
from tailllm.ask.replay import Due, lines
from tailllm.ask.stage import staged
from tailllm.ask.texts import Texts, whole_text
from tailllm.ask.thread import thread
from tailllm.ask.variants import normal, variants
from tailllm.ask.versions import versions
from tailllm.ask.wording import compare
from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tailllm.records.call import Call, Message, MessagePart, ToolCall
from tailllm.records.line import RawLine
from tailllm.store import labels
from tailllm.store.groups import window_before
from tailllm.store.span import Span
from tests.amounts import examples
from tests.ask.conftest import Story
from tests.conftest import NOON
from tests.store import naive
from tests.wait import wait_until

if TYPE_CHECKING:
    from tailllm.records.row import Row


def call(*texts: str, key: str = "k", **fields: object) -> Call:
    """A call whose user said `texts`."""
    messages = tuple(
        Message(role="user", parts=(MessagePart(type="text", content=text),)) for text in texts
    )
    return Call(key=key, format="native", input_messages=messages, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wanted",
    [
        "pruning saw",
        "lookup_order",
        "never promise a refund",
        "注文番号",
        "nobody says this",
        '"order"',
        "{",
        "confidence",
        "three wee",
    ],
)
def test_a_text_is_found_in_the_same_calls_whichever_way_is_shorter(
    story: Story, wanted: str
) -> None:
    texts = Texts(story.feed)

    for row in story.rows[::9]:
        assert texts.holds(row, wanted) == (wanted in whole_text(story.feed.call(row)).casefold())


def test_a_streamed_answer_is_searched_as_a_whole(tmp_path: Path) -> None:
    chunks = [
        {"id": "c", "choices": [{"index": 0, "delta": {"content": c}}]} for c in ("Hel", "lo")
    ]
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    line = {"tailllm": 1, "id": "c", "request": request, "response": chunks}
    (tmp_path / "log.jsonl").write_text(json.dumps(line) + "\n")
    feed = Feed([str(tmp_path / "log.jsonl")], Config(), follow=False)
    feed.load()
    [(_, row)] = feed.window.newest_first()

    assert "Hello" in whole_text(feed.call(row))
    assert Texts(feed).holds(row, "hello")
    feed.close()


def test_every_prompt_version_is_there_with_its_numbers_and_its_predecessors(story: Story) -> None:
    seen: defaultdict[str | None, list[Row]] = defaultdict(list)
    for row in story.rows:
        seen[labels.prompt(row)].append(row)
    found = {one.label: one for one in versions(story.feed.store)}

    assert set(found) == set(seen)
    for label, rows in seen.items():
        one = found[label]
        of_prompt = [row for row in story.rows if row.prompt_name == one.prompt]
        assert (one.stats.calls, one.stats.bad) == (len(rows), sum(row.is_bad for row in rows))
        assert (one.stats.first, one.stats.last) == (rows[0].at, rows[-1].at)
        assert one.share == pytest.approx(len(rows) / len(of_prompt))
    assert found["billing@v15"].predecessor == found["billing@v14"]
    assert found["billing@v14"].predecessor is None


def test_groups_stand_beside_themselves_in_the_window_before(story: Story) -> None:
    newest = story.rows[-1].at
    span = Span(newest - 100, None)
    before = window_before(span, newest)
    assert before is not None

    for one in story.feed.store.groups("model", span):
        now = [row for row in story.rows if span.holds(row.at) and row.model == one.name]
        then = [row for row in story.rows if before.holds(row.at) and row.model == one.name]
        timed = [r for r in now if r.output_tokens is not None and r.latency_ms is not None]
        assert one.now.calls == len(now)
        assert one.before is not None
        assert one.before.calls == len(then)
        assert one.bad_share == pytest.approx(sum(r.is_bad for r in now) / len(now))
        assert one.now.latency_ms.p95 == pytest.approx(
            naive.quantile(naive.known(now, "latency_ms"), 0.95)
        )
        assert one.tokens_per_s == pytest.approx(
            sum(r.output_tokens or 0 for r in timed) / sum((r.latency_ms or 0) / 1e3 for r in timed)
        )


def test_a_window_without_a_start_has_none_before() -> None:
    assert window_before(Span(None, 5.0), 9.0) is None
    assert window_before(Span(3.0, None), 9.0) == Span(-3.0, 3.0 - 1e-6)


words = st.text("ab \n.é", max_size=30)


@given(old=words, new=words)
@settings(max_examples=examples(40))
def test_both_texts_can_be_put_together_again_from_their_difference(old: str, new: str) -> None:
    found = compare(old, new)

    assert "".join(one.text for one in found if one.sign != "new") == old
    assert "".join(one.text for one in found if one.sign != "gone") == new
    assert (old == new) == all(one.sign == "same" for one in found)


def test_only_the_words_that_differ_are_shown_as_different() -> None:
    found = compare(
        "Reply with one object.\nBe kind.\n", "Reply with one compact object.\nBe kind.\n"
    )

    assert [one for one in found if one.sign != "same"] == [("new", "compact ")]


@given(texts=st.lists(words, max_size=4), others=st.lists(words, max_size=4))
@settings(max_examples=examples(40))
def test_the_shared_prefix_ends_at_the_first_differing_byte(
    texts: list[str], others: list[str]
) -> None:
    one, other = b"".join(t.encode() for t in texts), b"".join(t.encode() for t in others)
    found = prefix(call(*texts), call(*others))

    assert (found.before_bytes, found.after_bytes) == (len(one), len(other))
    assert one[: found.same_bytes] == other[: found.same_bytes]
    if found.part is None:
        assert texts == others
    elif texts and others and texts[0] != others[0]:
        shared = next(
            (
                n
                for n, (a, b) in enumerate(zip(texts[0].encode(), others[0].encode(), strict=False))
                if a != b
            ),
            min(len(texts[0].encode()), len(others[0].encode())),
        )
        assert (found.same_bytes, found.part) == (shared, "user #1")


def test_two_calls_differ_in_parameters_answer_and_messages() -> None:
    one = call("a", "b", key="1", request_params={"t": 0, "n": 1}, output_text="yes")
    other = call("a", "c", key="2", request_params={"t": 0.5, "n": 1}, output_text="no")
    found = pair(one, other)

    assert found.keys == ("1", "2")
    assert found.params == (("t", 0, 0.5),)
    assert {one.title: one.same for one in found.sections} == {
        "user #1": True,
        "user #2": False,
        "reply": False,
    }


def test_the_difference_of_two_versions_is_the_edit_that_was_made(story: Story) -> None:
    old, new = (
        next(row for row in story.rows if row.prompt_version == version)
        for version in ("v14", "v15")
    )
    found = prompt_pair(story.feed.call(old), story.feed.call(new))
    came = " ".join(s.text for one in found.sections for s in one.stretches if s.sign == "new")

    assert "Be brief" in came or "brief" in came
    assert ("max_tokens", 400, 300) in found.params
    assert {one.title.split()[0] for one in found.sections} <= {"system", "tools"}


def test_a_conversation_is_all_its_calls_in_order_with_what_came_new(story: Story) -> None:
    sizes = Counter(row.conversation_id for row in story.rows if row.conversation_id)
    [(conversation, size)] = sizes.most_common(1)
    found = thread(conversation, reversed(story.rows), story.feed.call)
    own = [row for row in story.rows if row.conversation_id == conversation]

    assert [step.row.key for step in found.steps] == [row.key for row in own]
    assert len(own) == size
    assert found.first_wrong == next((row.key for row in own if row.is_bad), None)
    users = [
        said.text for step in found.steps for said in step.new if said.title.startswith("user")
    ]
    asked = {row.preview for row in own}
    assert {text[:160] for text in users} >= asked
    for step in found.steps:
        held = [message.text for message in story.feed.call(step.row).input_messages or ()]
        assert all(s.text in held for s in step.new if s.title.startswith(("user", "system")))


def test_the_same_tool_with_the_same_arguments_three_times_is_a_loop(make_row) -> None:
    rows = [make_row(conversation_id="c") for _ in range(4)]
    again = ToolCall(name="look", arguments='{"x": 1}')
    calls = {row.key: call("q", key=row.key, tool_calls=(again,)) for row in rows[:3]}
    calls[rows[3].key] = call("q", tool_calls=(ToolCall(name="look", arguments="{}"),))
    found = thread("c", rows, lambda row: calls[row.key])

    assert found.loops == (('look({"x": 1})', tuple(row.key for row in rows[:3])),)


def test_the_same_input_answered_twice_is_found_with_its_texts_and_verdicts(story: Story) -> None:
    inputs: defaultdict[tuple[str | None, str], list[tuple[str, tuple[tuple[str, str], ...]]]]
    inputs = defaultdict(list)
    for row in story.rows:
        if row.status == "error":
            continue
        whole = story.feed.call(row)
        seen = str(
            [(m.role, [normal(str(p)) for p in m.parts]) for m in whole.input_messages or ()]
        )
        answer = (f"{whole.output_text}{whole.tool_calls}", tuple(sorted(row.verdicts)))
        inputs[f"{labels.prompt(row)}{whole.tool_definitions}", seen].append(answer)
    wanted = [answers for answers in inputs.values() if len(answers) > 1]
    found = variants(story.rows, story.feed.call)

    assert sum(len(one.answers) for one in found) == sum(map(len, wanted))
    assert sorted(len(one.texts) for one in found) == sorted(len({t for t, _ in a}) for a in wanted)
    assert sorted(len(one.outcomes) for one in found) == sorted(
        len({v for _, v in a}) for a in wanted
    )


def test_text_and_verdict_stability_are_told_apart(make_row) -> None:
    rows = [make_row(verdicts=(("json", "passed"),)) for _ in range(4)]
    texts = dict(zip((row.key for row in rows), ("yes", "yes ", "no", "aye"), strict=True))
    [found] = variants(rows, lambda row: call("q", key=row.key, output_text=texts[row.key]))

    assert (found.text_stability, found.verdict_stability) == (0.5, 1.0)
    assert found.by("day") == {"2026-11-22": {"calls": 4, "texts": 3, "verdicts": 1}}


def test_a_replay_waits_as_the_calls_did_and_keeps_no_reader_waiting(make_row) -> None:
    rows = [make_row(at=NOON + at, latency_ms=0.0) for at in (0, 10, 20, 3_000)]
    read = {row.key: [RawLine(row.source[0], row.key.encode())] for row in rows}
    played = list(lines(reversed(rows), lambda row: read[row.key], speed=10, start=NOON + 10))

    assert [one.text.decode() for one in played] == [row.key for row in rows]
    assert [one.at_s for one in played] == [0.0, 0.0, 1.0, 6.0]
    early = lines(rows[:2], lambda row: read[row.key], speed=10, start=NOON - 86_400)
    assert [one.at_s for one in early] == [0.0, 1.0]


def test_a_staged_log_is_written_whole_and_removed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with staged([Due(0.0, b"one"), Due(0.01, b"two")]) as log:
        wait_until(lambda: log.read_bytes() == b"one\ntwo\n")
        assert log.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []
