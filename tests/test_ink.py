"""Foreign text is inert, exact and countable."""

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tailllm import ink

NASTY = "".join(
    map(
        chr,
        chain(
            range(0xA0),
            (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x3164, 0xFFA0, 0xFEFF),
            range(0x200B, 0x2010),
            range(0x2028, 0x202F),
            range(0x2060, 0x2070),
            range(0xFE00, 0xFE10),
            range(0xFFF0, 0x10000),
            range(0xFDD0, 0xFDF0),
            (0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xF8FF, 0xF0000, 0x10FFFF),
            range(0xE0000, 0xE0200),
            range(0x300, 0x308),
        ),
    )
)
ANY = st.text(
    st.one_of(st.characters(codec=None), st.sampled_from(NASTY), st.sampled_from("aé한👩❤😀\u0301"))
)
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)


@given(ANY)
def test_no_control_bidi_or_surrogate_survives_in_a_line(text: str) -> None:
    assert not FORBIDDEN.search(ink.line(text))


@given(ANY)
def test_no_control_but_newline_survives_in_a_block(text: str) -> None:
    assert not FORBIDDEN.search(ink.block(text).replace("\n", ""))


@given(ANY)
def test_inked_text_can_be_encoded(text: str) -> None:
    ink.line(text).encode()
    ink.block(text).encode()


@given(ANY)
def test_ink_over_ink_changes_nothing(text: str) -> None:
    assert ink.line(ink.line(text)) == ink.line(text)
    assert ink.block(ink.block(text)) == ink.block(text)


@given(ANY)
def test_what_is_shown_hides_nothing(text: str) -> None:
    assert not ink.hidden(ink.line(text))


@given(ANY)
def test_a_block_is_the_lines_between_its_newlines(text: str) -> None:
    lines = [ink.line(row.replace("\t", "    ")) for row in text.split("\n")]

    assert ink.block(text).split("\n") == lines


@given(st.binary())
def test_any_bytes_can_be_shown(data: bytes) -> None:
    assert not FORBIDDEN.search(ink.raw(data))


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_text_stays_itself(text: str) -> None:
    assert ink.line(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\nb\tc\r", "a↵b␉c␍"),
        ("\x9b31m", "‹CSI›31m"),
        ("\u202eevil", "‹RLO›evil"),
        ("a\u200bb", "a‹ZWSP›b"),
        ("\ud83d", "‹U+D83D›"),
        ("\U000e0049\U000e0067\U000e006e", "‹tags Ign›"),
        ("x\U000e0100\U000e01ef", "x‹VS17›‹VS256›"),
        ("\u2028\u2029\x85", "‹LS›‹PS›‹NEL›"),
        ("❤\ufe0f ok", "❤ ok"),
        ("a\ufe0f", "a‹VS16›"),
        ("👩\u200d👧", "👩‹ZWJ›👧"),
        ("e\u0301", "e\u0301"),
        ("e" + "\u0301" * 24, "e" + "\u0301" * 4 + "‹+20 marks›"),
        ("\u0301x", "◌\u0301x"),
        ("\u0301" * 7, "◌" + "\u0301" * 4 + "‹+3 marks›"),
        ("[/red] [@click=app.quit]", "[/red] [@click=app.quit]"),
        ("訂單", "訂單"),
        ("สวัสดีค่ะ", "สวัสดีค่ะ"),
    ],
)
def test_each_hidden_character_has_its_own_sign(text: str, shown: str) -> None:
    assert ink.line(text) == shown


def test_hidden_characters_are_counted_by_kind() -> None:
    counts = ink.hidden("\x1b[31mx\x07\u202e\u200b\n\t❤\ufe0f\U000e0041" + "o" + "\u0301" * 6)

    assert counts == {"control": 2, "bidi": 1, "zero width": 1, "tag": 1, "piled mark": 2}


def test_the_note_says_what_was_made_visible() -> None:
    assert ink.note(ink.hidden("\x1b\x1b\u202e")) == "⚠ 2 control, 1 bidi shown"
    assert ink.note(ink.hidden("plain 訂單\n")) == ""


def test_invalid_bytes_are_shown_as_numbers() -> None:
    assert ink.raw(b"caf\xe9 \xc3\xa9 \x00") == r"caf\xe9 é ␀"


def test_a_pile_of_marks_keeps_the_width_of_its_letter_and_its_note() -> None:
    assert cell_len(ink.line("Z" + "\u0354" * 99)) == 1 + len("‹+95 marks›")


def test_one_thing_is_not_said_as_many() -> None:
    assert ink.counted(1, "call") == "1 call"
    assert ink.counted(0, "other line") == "0 other lines"
    assert ink.counted(3720, "call") == "3,720 calls"
