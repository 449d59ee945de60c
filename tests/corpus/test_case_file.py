"""A case is a file that a person reviews and a program reads back exactly."""

import difflib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect, Observed, Provenance, Run, Tool, ToolUse
from tailllm.corpus.case_file import CaseFileError, dumps, loads
from tailllm.errors import CorpusError

HARD = (
    "a\r\nb",
    'three """ quotes, four """" and at the end ""',
    'ends with a quote"',
    'a backslash \\ and one before a quote \\"',
    "ends with a backslash\\",
    "trailing blanks  \nand a tab\t\n\t",
    "\n\nstarts and ends with newlines\n\n",
    "NUL \x00 BEL \x07 ESC \x1b[31m DEL \x7f",
    "line\u2028separator, bidi \u202e, zero width \u200b",
    "emoji 👩‍👧 and 訂單",
    "",
    " ",
    "A long line. " * 30,
    "A long line.   With many blanks.  \t" * 20,
    "x" * 500,
    "'''",
)
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HARD)
LINES = st.lists(TEXT | st.sampled_from(["\n", "\r", '"', "\\", " ", ". "]), max_size=8).map(
    "".join
)
VALUE = st.recursive(
    LINES
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINES, inner, max_size=3),
    max_leaves=6,
)
CALLS = st.builds(ToolUse, id=st.none() | LINES, name=LINES, arguments=LINES)
MESSAGES = st.builds(
    CaseMessage,
    role=LINES,
    content=LINES,
    name=st.none() | LINES,
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
)


def a_case(**more: Any) -> Case:
    plain: dict[str, Any] = {
        "id": "refund-3f9c2a",
        "target": "support",
        "messages": [CaseMessage(role="user", content="where is my refund?")],
    }
    return Case(**plain | more)


def whole() -> Case:
    """A case that says everything a case can say."""
    return a_case(
        title="refund asked 40 days after purchase",
        tags=("refund", "all-caps"),
        severity="high",
        status="draft",
        source=Provenance(
            kind="slack",
            seen_at=datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC),
            reported_by="maria",
            redacted=("email",),
        ),
        tools=(Tool(name="lookup", parameters={"type": "object", "properties": {"id": {}}}),),
        context={"plan": "family", "orders": [{"id": 1}, {"id": 2}]},
        expect=(Expect(type="contains", value="30 days"), Expect(type="json_schema", schema={})),
        run=Run(samples=3, max_latency_ms=8000.0),
        observed=Observed(content="Sure!", tool_calls=(ToolUse(name="refund"),), system="Be nice."),
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(MESSAGES, min_size=1, max_size=3), st.dictionaries(LINES, VALUE, max_size=3))
def test_a_case_reads_back_exactly_whatever_was_said(
    messages: list[CaseMessage], context: dict[str, Any]
) -> None:
    case = a_case(messages=tuple(messages), context=context)

    assert loads(dumps(case)) == case


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_every_hard_text_reads_back_exactly(text: str) -> None:
    case = a_case(title=text, messages=[CaseMessage(role="user", content=text)])

    assert loads(dumps(case)) == case


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_no_line_of_a_case_file_ends_in_blanks_or_acts_on_a_terminal(text: str) -> None:
    written = dumps(a_case(messages=[CaseMessage(role="user", content=text)]))

    assert all(line == line.rstrip() for line in written.split("\n"))
    assert not set(written) & set("\r\x00\x07\x1b\x7f\u2028\u202e\u200b")


def test_everything_a_case_can_say_is_kept() -> None:
    assert loads(dumps(whole())) == whole()


def test_provenance_checks_and_labels_never_change_the_content_id() -> None:
    bare = a_case(tools=whole().tools, context=whole().context)

    assert bare.content_id == whole().content_id


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [CaseMessage(role="user", content="where is my refund!")]},
        {"tools": (Tool(name="lookup"),)},
        {"context": {"plan": "free"}},
    ],
    ids=["a message", "a tool", "the context"],
)
def test_what_the_model_is_asked_makes_the_content_id(change: dict[str, Any]) -> None:
    assert a_case(**change).content_id != a_case().content_id


def test_a_schema_with_null_is_kept_as_text_and_means_the_same() -> None:
    text = a_case(tools=(Tool(name="t", parameters='{"type": "object"}'),))
    table = a_case(tools=(Tool(name="t", parameters={"type": "object"}),))

    assert loads(dumps(text)) == text
    assert text.content_id == table.content_id


def test_one_changed_word_is_one_changed_line() -> None:
    said = "I bought it in May. It broke after a week, sadly. Can I have my money back? " * 8
    before = dumps(a_case(messages=[CaseMessage(role="user", content=said)])).splitlines()
    other = said.replace("sadly", "truly", 1)
    after = dumps(a_case(messages=[CaseMessage(role="user", content=other)])).splitlines()

    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]

    assert len(changed) == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("schema = 1\nid = 'a'", "target"),
        (dumps(a_case()).replace("schema = 1", "schema = 2"), "schema"),
        (dumps(a_case()).replace("refund-3f9c2a", "../../etc/passwd"), "id"),
        (dumps(a_case()).replace("[[messages]]", "[[massages]]"), "messages"),
        (dumps(a_case()) + "\n[[expect]]\nvalue = 'x'\n", "expect.0.type"),
        (dumps(a_case()) + "\n[run]\nsamples = 0\n", "run.samples"),
        ("= oops", "not TOML"),
    ],
    ids=["missing", "schema", "id", "mistyped", "check", "number", "syntax"],
)
def test_a_file_nobody_can_obey_is_told_in_one_line_with_its_key(text: str, key: str) -> None:
    with pytest.raises(CaseFileError, match=rf"^{key}") as refused:
        loads(text)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Refund: asked 40 days after!", "refund-asked-40-days-after"),
        ("Où est ma commande ?", "ou-est-ma-commande"),
        ("../../etc/passwd\x00", "etc-passwd"),
        ("注文番号", "case"),
        ("", "case"),
    ],
    ids=["words", "accents", "path", "no latin", "empty"],
)
def test_the_id_is_readable_and_safe_as_a_file_name(title: str, slug: str) -> None:
    assert case_file.case_id(title, "3f9c2a77") == f"{slug}-3f9c2a"


def test_a_written_case_is_private_whole_and_never_overwritten(tmp_path: Path) -> None:
    path = case_file.write(tmp_path, whole())

    with pytest.raises(CorpusError, match="is there already"):
        case_file.write(tmp_path, a_case())
    assert loads(path.read_text()) == whole()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("before", ["", 'status = "active" # flaky on Mondays\n'])
def test_a_status_is_changed_and_every_comment_stays(tmp_path: Path, before: str) -> None:
    path = case_file.write(tmp_path, a_case(tags=("refund",)))
    path.write_text(path.read_text().replace("tags =", f"# checked with the shop\n{before}tags ="))

    case_file.set_status(path, "quarantined")

    assert loads(path.read_text()) == a_case(tags=("refund",), status="quarantined")
    assert "# checked with the shop" in path.read_text()


def test_a_status_that_stands_in_a_text_is_left_alone(tmp_path: Path) -> None:
    case = a_case(title="two lines\nstatus = 1\n", status="active")
    path = case_file.write(tmp_path, case)
    before = path.read_text()

    with pytest.raises(CorpusError, match="status: not on a line of its own"):
        case_file.set_status(path, "retired")
    assert path.read_text() == before
