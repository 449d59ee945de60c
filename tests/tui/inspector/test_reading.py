"""A page is cut into rows as far as somebody looks, and loses nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tailllm import ink
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para, inked, rows, wrap

WORDS = st.text(st.sampled_from("ab 訂單é\u0301😀\x1b\u202e"), max_size=200)


@given(WORDS, st.integers(2, 40))
def test_no_row_is_wider_than_the_pane(text: str, width: int) -> None:
    assert all(cell_len(row) <= width for _, row in rows(text, width))


@given(WORDS, st.integers(2, 40))
def test_rows_hold_every_character_of_the_text(text: str, width: int) -> None:
    whole = "".join(inked(text))
    shown = "".join(row for _, row in rows(text, width))

    assert shown.replace(" ", "") == whole.replace(" ", "")
    assert all(whole[start : start + len(row)] == row for start, row in rows(text, width))


def test_lines_break_after_a_word_where_one_ends_near() -> None:
    assert [row for _, row in wrap("the quick brown fox", 11)] == ["the quick ", "brown fox"]


def test_wide_characters_are_cut_by_cells() -> None:
    assert [row for _, row in wrap("訂單號碼在哪", 5)] == ["訂單", "號碼", "在哪"]


def test_a_long_line_made_visible_in_pieces_is_the_same_as_in_one() -> None:
    text = "訂單 \x1b[31m " * 9_000

    assert "".join(inked(text)) == ink.line(text)


@pytest.mark.parametrize(
    "text",
    ["x" * (1 << 20), "訂單號碼" * (1 << 18), "one two\n" * (1 << 17)],
    ids=["one line", "wide characters", "many lines"],
)
def test_the_first_screen_of_a_megabyte_costs_less_than_a_hundredth_of_it(text: str) -> None:
    page = Page([Section("user", [Para(line) for line in text.split("\n")])])
    page.lay(80)

    start = time.thread_time()
    page.grow(40)
    first = time.thread_time() - start
    page.grow(1 << 40)
    whole = time.thread_time() - start

    assert page.done
    assert first < max(whole / 10, 0.02)


def test_the_guess_of_the_height_is_near_before_all_rows_are_made() -> None:
    page = Page([Section("user", [Para("lorem ipsum " * 5_000)])])
    page.lay(78)
    guess = page.height
    page.grow(1 << 40)

    assert guess == pytest.approx(page.height, rel=0.2)


def test_a_folded_section_shows_its_first_line_and_what_is_under_it() -> None:
    page = Page([Section("system", [Para("You are"), Para("b"), Para("c")], folded=True)])
    page.grow(10)

    assert [row.text for row in page.rows] == [" ▸ system", "You are"]
    assert page.rows[1].note == "…+2 lines (⏎ unfold)"


def test_a_hit_across_two_rows_is_found_once_and_at_its_row() -> None:
    page = Page([Section("user", [Para("aaaa needle-in-hay " * 40, indent=0)])])
    page.lay(20)
    hits = page.find("NEEDLE")

    assert len(hits) == 40
    assert "needle" in page.rows[page.row_of(hits[7])].text


def test_a_remark_goes_under_its_line_when_there_is_no_room() -> None:
    page = Page([Section("", [Para("x" * 30, "body", 0, "← json_schema")])])
    page.lay(32)
    page.grow(10)

    assert [row.text for row in page.rows] == ["x" * 30, "← json_schema"]
