"""Whatever people paste is read as well as it can be, and matched only without doubt."""

import json
from collections.abc import Callable

import pytest

from tailllm.corpus.dropped import read
from tailllm.corpus.matching import match
from tailllm.records.row import Row

NOON = 1_795_348_800.0


def test_a_transcript_gives_the_turns_the_answer_and_the_words_around() -> None:
    found = read(
        "look at this\nCustomer: hi\nare you there?\n**Bot:** yes\nCustomer: refund\nBot: no"
    )

    assert [(m.role, m.text) for m in found.messages] == [
        ("user", "hi\nare you there?"),
        ("assistant", "yes"),
        ("user", "refund"),
    ]
    assert (found.answer, found.note) == ("no", "look at this")


def test_quoted_lines_are_what_the_customer_wrote() -> None:
    found = read("> je voudrais annuler\n> ma commande\ngot the menu")

    assert [m.text for m in found.messages] == ["je voudrais annuler\nma commande"]
    assert found.note == "got the menu"


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "no"}]},
        {"messages": [{"role": "user", "content": [{"text": "hi"}]}], "output": "no"},
        {"input": "hi", "output": "no"},
        [{"role": "human", "content": "hi"}, {"role": "ai", "content": "no"}],
        {"text": "User: hi\nBot: no"},
    ],
    ids=["chat", "parts", "pair", "list", "slack"],
)
def test_json_of_any_usual_shape_is_understood(value: object) -> None:
    found = read(json.dumps(value))

    assert [(m.role, m.text) for m in found.messages] == [("user", "hi")]
    assert found.answer == "no"


def test_a_message_of_a_chat_says_who_when_and_where() -> None:
    found = read('{"reporter": "lena", "permalink": "https://x.example/1", "ts": "1795348800.5"}')

    assert (found.reporter, found.link, found.at) == ("lena", "https://x.example/1", NOON + 0.5)


def test_an_id_in_the_text_finds_the_call(make_row: Callable[..., Row]) -> None:
    rows = [make_row(key="resp:chatcmpl-9f6ee9d3"), make_row(key="resp:chatcmpl-0000aaaa")]

    found = match(read("what is this? (chatcmpl-9f6ee9d3)."), rows)

    assert found
    assert (found.row.key, found.how) == ("resp:chatcmpl-9f6ee9d3", "an id in the text")


def test_time_and_user_find_the_call_if_there_is_only_one(make_row: Callable[..., Row]) -> None:
    row = make_row(user_id="u-1", at=NOON - 120)
    other = make_row(user_id="u-2", at=NOON)
    report = read("odd at 2026-11-22T12:00Z")._replace(user="u-1")

    found = match(report, [row, other])

    assert found
    assert (found.row, found.how) == (row, "time and user")
    assert match(report, [row, other, make_row(user_id="u-1", at=NOON)]) is None


def test_nearly_the_same_wording_finds_the_call(make_row: Callable[..., Row]) -> None:
    row = make_row(preview="can the fig tree stay out in winter")
    other = make_row(preview="do you ship to Ghent?")

    found = match(read("Customer: Can the fig tree stay out in winter?"), [other, row])

    assert found
    assert found.row == row
    assert found.how.startswith("wording, 9")


@pytest.mark.parametrize(
    ("text", "previews"),
    [
        ("Customer: hi", ["hi"]),
        ("Customer: do you ship to Ghent?", ["do you ship to Ghent?"] * 2),
        ("Customer: do you ship to Ghent?", ["what is the price of a fig tree?"]),
        ("it was rude", ["do you ship to Ghent?"]),
        ("Customer: do you ship to Ghent?", []),
    ],
    ids=["too short", "two alike", "another question", "no question", "no calls"],
)
def test_in_doubt_no_call_is_matched(
    make_row: Callable[..., Row], text: str, previews: list[str]
) -> None:
    assert match(read(text), [make_row(preview=preview) for preview in previews]) is None


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "\x00\ud83d", '{"messages": "no"}'])
def test_nothing_that_is_dropped_is_refused(text: str) -> None:
    assert read(text).call().format == "report"


def test_json_nobody_understands_is_kept_as_words() -> None:
    assert read('{"a": 1}').note == '{"a": 1}'
