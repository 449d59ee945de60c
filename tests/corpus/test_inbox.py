"""What waits, who decided what, and how an item becomes a case that runs."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tailllm.corpus.accept import expectation
from tailllm.corpus.case_file import dumps
from tailllm.corpus.dropped import read
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.items import Item
from tailllm.corpus.marks import Marks
from tailllm.errors import CorpusError
from tailllm.records.call import Message, MessagePart, ToolCall
from tests.corpus.inboxes import asked, failing, said

NOON = 1_795_348_800
SECRET = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90Uv12"


@pytest.fixture
def inbox_of(folder: Path, marks_of: Callable[..., Marks]) -> Callable[..., Inbox]:
    """The inbox as one person sees it; every look at the clock is a second later."""
    ticks = count(NOON)

    def make(by: str = "ana", host: str = "prod-3") -> Inbox:
        clock = lambda: float(next(ticks))  # noqa: E731
        marks = marks_of(by, host, clock=clock)
        return Inbox(folder, marks, by=by, host=host, version="0.1", clock=clock)

    return make


@pytest.fixture
def inbox(inbox_of: Callable[..., Inbox]) -> Inbox:
    return inbox_of()


@pytest.fixture
def marks(marks_of: Callable[..., Marks]) -> Marks:
    """What was marked shortly before noon."""
    return marks_of(clock=lambda: NOON - 100.0)


def one(inbox: Inbox) -> Item:
    (item,) = inbox.read().items
    return item


def test_marks_and_reports_wait_in_one_list_oldest_first(
    inbox: Inbox, marks_of: Callable[..., Marks]
) -> None:
    inbox.report(asked("second"), source="slack", reporter="lena", note="odd")
    marks_of("tom", clock=lambda: NOON - 60.0).mark(asked("first"), [], paths={}, note="older")
    inbox.report(asked("third"), source="github")

    seen = [(item.who, item.source, item.note) for item in inbox.read().waiting]

    assert seen == [("tom", "mark", "older"), ("lena", "slack", "odd"), ("ana", "github", None)]


def test_a_call_that_was_marked_and_reported_is_one_item_with_two_voices(
    inbox: Inbox, marks: Marks
) -> None:
    marks.mark(asked("why twice?"), [], paths={})
    inbox.report(asked("why twice?"), source="slack", reporter="lena", link="https://x.example/1")

    assert one(inbox).who == "ana, lena"
    assert [voice.link for voice in one(inbox).voices] == [None, "https://x.example/1"]


def test_a_mark_taken_back_no_longer_waits(inbox: Inbox, marks: Marks) -> None:
    kept = marks.mark(asked("never mind"), [], paths={})
    marks.unmark(kept.mark_id)

    assert inbox.read().items == ()


def test_accepting_a_mark_without_a_word_makes_a_case_that_runs(inbox: Inbox, marks: Marks) -> None:
    call = asked("WHERE IS IT", "It is lost.", evaluations=(failing("json"), failing("gone")))
    marks.mark(call, [], paths={})

    case = inbox.accept(one(inbox), validators={"json"}).case

    assert case.status == "active"
    assert case.target == "billing"
    assert [message.content for message in case.messages] == ["WHERE IS IT"]
    assert [(c.type, c.parameters) for c in case.expect] == [
        ("validator", {"name": "json"}),
        ("not_observed", {}),
    ]
    assert case.observed
    assert (case.observed.content, case.observed.system) == ("It is lost.", "Be kind.")
    assert case.source
    assert (case.source.marked_by, case.source.accepted_by) == ("ana", "ana")
    assert inbox.cases().cases == (case,)
    assert not inbox.read().waiting


def test_a_case_keeps_tools_and_the_turns_of_tools(inbox: Inbox) -> None:
    tool = {"type": "function", "function": {"name": "lookup", "parameters": {"enum": [None]}}}
    turns = (
        said("user", "where is BW-1?"),
        Message(
            role="assistant",
            parts=(MessagePart(type="tool_call", id="c1", name="lookup", arguments='{"n":1}'),),
        ),
        Message(
            role="tool",
            parts=(MessagePart(type="tool_call_response", id="c1", response={"state": "lost"}),),
        ),
    )
    call = asked("", None, input_messages=turns, tool_definitions=(tool,))
    inbox.report(
        call.model_copy(update={"tool_calls": (ToolCall(id="c2", name="refund"),)}), source="file"
    )

    case = inbox.accept(one(inbox)).case

    assert [turn.role for turn in case.messages] == ["user", "assistant", "tool"]
    assert case.messages[1].tool_calls[0].arguments == '{"n":1}'
    assert (case.messages[2].tool_call_id, case.messages[2].content) == ("c1", '{"state": "lost"}')
    assert case.tools[0].json_schema == {"enum": [None]}
    assert case.observed
    assert case.observed.tool_calls[0].name == "refund"
    assert inbox.cases().cases == (case,)


def test_a_request_with_an_image_becomes_a_draft(inbox: Inbox) -> None:
    picture = Message(
        role="user",
        parts=(
            MessagePart(type="text", content="what is this?"),
            MessagePart(type="blob", modality="image", size=9),
        ),
    )
    inbox.report(asked("", input_messages=(picture,)), source="file")

    assert inbox.accept(one(inbox)).case.status == "draft"


def test_half_a_surrogate_pair_anywhere_is_spelled_out(inbox: Inbox) -> None:
    half = "\ud83d"
    tool = {"name": half, "input_schema": {"enum": [half], half: half}}
    call = asked(f"hi {half}", half, tool_definitions=(tool,), prompt_name=half)
    words = dict.fromkeys(("source", "reporter", "link", "note"), f"a {half}")
    inbox.report(call, labels=[half], expected=f"= {half}", **words)

    case = inbox.accept(one(inbox)).case

    assert case.title == "a \\ud83d"
    assert case.messages[0].content == "hi \\ud83d"
    assert inbox.cases().cases == (case,)


def test_no_secret_gets_into_a_case(inbox: Inbox, folder: Path) -> None:
    call = asked(f"my key is {SECRET}", f"Thanks for {SECRET}")
    inbox.report(call, source="slack", note=f"look: {SECRET}")

    case = inbox.accept(one(inbox)).case

    titled = f"key {SECRET}"
    inbox.undo()
    case = inbox.accept(one(inbox), title=titled, target=SECRET).case

    assert SECRET not in dumps(case)
    assert not any(SECRET in path.read_text() for path in folder.rglob("*.*"))
    assert case.source
    assert case.source.redacted


def test_the_same_question_is_not_accepted_twice(inbox: Inbox) -> None:
    inbox.report(asked("how much?", "Ten."), source="slack")
    first = inbox.accept(one(inbox)).case
    inbox.report(asked("how much?", "Eleven."), source="slack")

    with pytest.raises(CorpusError, match=f"{first.id} asks exactly this already") as refused:
        inbox.accept(inbox.read().waiting[0])
    assert "--duplicate-of" in refused.value.fix


def test_an_acceptance_that_was_cut_short_is_finished_the_second_time(
    inbox: Inbox, folder: Path
) -> None:
    inbox.report(asked("how much?"), source="slack")
    before = inbox.path.read_bytes()
    first = inbox.accept(one(inbox))
    inbox.path.write_bytes(before)

    assert inbox.accept(one(inbox)) == first
    assert not inbox.read().waiting


def test_two_decisions_about_one_item_are_both_shown(inbox_of: Callable[..., Inbox]) -> None:
    ana, ben = inbox_of(), inbox_of("ben", "laptop")
    ana.report(asked("how much?"), source="slack")
    item = one(ana)
    case = ana.accept(item).case
    ben.dismiss(item, "works as meant")

    found = one(ana)

    assert found.disputed
    assert found.state == f"ana accepted as {case.id} · ben dismissed: works as meant"


def test_a_dismissal_needs_a_reason(inbox: Inbox) -> None:
    inbox.report(asked("how much?"), source="slack")

    with pytest.raises(CorpusError, match="needs a reason"):
        inbox.dismiss(one(inbox), "  ")


def test_undo_takes_back_the_latest_word_of_this_person_only(
    inbox_of: Callable[..., Inbox],
) -> None:
    ana, ben = inbox_of(), inbox_of("ben")
    ana.report(asked("how much?"), source="slack")
    ana.dismiss(one(ana), "no")
    ben.dismiss(one(ana), "not ours")

    assert ana.undo() == "dismiss taken back"
    assert one(ana).state == "ben dismissed: not ours"
    assert ana.undo() is None


def test_undo_of_an_acceptance_removes_the_file_unless_somebody_changed_it(inbox: Inbox) -> None:
    inbox.report(asked("how much?"), source="slack")
    path = inbox.accept(one(inbox)).path
    inbox.undo()
    assert not path.exists()
    inbox.accept(one(inbox))
    path.write_text(path.read_text() + "\n# checked with the shop\n")

    assert "stays" in (inbox.undo() or "")
    assert path.exists()
    assert inbox.read().waiting


def test_undo_removes_nothing_outside_the_cases_whatever_a_line_says(
    inbox: Inbox, folder: Path
) -> None:
    inbox.report(asked("how much?"), source="slack")
    inbox.accept(one(inbox))
    victim = folder / "victim.toml"
    victim.write_text("mine")
    lines = inbox.path.read_text().splitlines()
    forged = json.loads(lines[-1])
    forged |= {"case": "../victim", "sha256": hashlib.sha256(b"mine").hexdigest()}
    inbox.path.write_text("\n".join([*lines[:-1], json.dumps(forged)]) + "\n")

    assert "names no case" in (inbox.undo() or "")
    assert victim.exists()


def test_a_folder_of_cases_that_is_a_link_is_refused(inbox: Inbox, folder: Path) -> None:
    inbox.report(asked("how much?"), source="slack")
    (folder / "elsewhere").mkdir()
    (folder / "cases").symlink_to(folder / "elsewhere")

    with pytest.raises(CorpusError, match="is a symbolic link"):
        inbox.accept(one(inbox))
    assert list((folder / "elsewhere").iterdir()) == []


def test_labels_and_expected_are_those_said_last(inbox: Inbox, marks: Marks) -> None:
    marks.mark(asked("how much?"), [], paths={}, labels=["old"], expected="a price")
    inbox.words(one(inbox), labels=["refund", "french"], expected="intent = refund")
    inbox.words(one(inbox), note="said in French")

    case = inbox.accept(one(inbox)).case

    assert case.tags == ("french", "refund")
    assert case.title == "said in French"
    assert case.expect[0].parameters == {"path": "intent", "value": "refund"}


@pytest.mark.parametrize(
    ("words", "type_", "parameters"),
    [
        ("= 42", "equals", {"value": "42"}),
        ("contains 30 days", "contains", {"value": "30 days"}),
        ("not contains: issued", "not_contains", {"value": "issued"}),
        (r"matches /\d+ days/", "regex", {"pattern": r"\d+ days"}),
        ("calls lookup_order", "tool_call", {"tool": "lookup_order"}),
        ("order.count = 3", "jmespath", {"path": "order.count", "value": 3}),
        ("answers all three questions", "rubric", {"text": "answers all three questions"}),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else None,
)
def test_an_expected_answer_in_short_form_needs_no_judge(
    words: str, type_: str, parameters: dict[str, object]
) -> None:
    check = expectation(words)

    assert (check.type, check.parameters) == (type_, parameters)


def test_a_report_without_an_interaction_cannot_be_accepted(inbox: Inbox) -> None:
    inbox.report(asked("", None, input_messages=None), source="slack", note="it was rude")

    with pytest.raises(CorpusError, match="nothing in this item could be asked"):
        inbox.accept(one(inbox))


def test_two_reports_that_hold_only_words_are_two_items(inbox: Inbox) -> None:
    for words in ("it was rude", "it was slow", "it was rude"):
        inbox.report(read(words).call(), source="slack", note=words)

    assert [item.note for item in inbox.read().items] == ["it was rude", "it was slow"]


def test_lines_nobody_can_read_are_counted_and_the_rest_is_shown(inbox: Inbox) -> None:
    inbox.report(asked("how much?"), source="slack")
    with inbox.path.open("a") as file:
        file.write('{"torn\n{"schema": 99}\n')

    assert inbox.read().unread == 2
    assert len(inbox.read().waiting) == 1


def test_a_decision_the_disk_refuses_is_not_acknowledged(inbox: Inbox, folder: Path) -> None:
    inbox.report(asked("how much?"), source="slack")
    item = one(inbox)
    inbox.path.rename(folder / "elsewhere")
    inbox.path.symlink_to(folder / "elsewhere")

    with pytest.raises(CorpusError, match=r"not kept: .*symbolic link"):
        inbox.dismiss(item, "no")


@pytest.mark.long
def test_people_who_decide_at_the_same_time_lose_nothing(
    inbox: Inbox, inbox_of: Callable[..., Inbox]
) -> None:
    for number in range(20):
        inbox.report(asked(f"question {number}"), source="slack")
    items = inbox.read().items

    def decide(by: str) -> None:
        for item in items:
            inbox_of(by).dismiss(item, f"{by} says no")

    people = [f"p{number}" for number in range(4)]
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(decide, people))

    listing = inbox.read()
    assert listing.unread == 0
    assert all({line.by for line in item.decided} == set(people) for item in listing.items)
