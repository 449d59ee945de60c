"""How numbers and names look in a list."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.tui import cells
from tailllm.tui.cells import Chunk
from tailllm.tui.widgets import columns
from tailllm.tui.widgets.sheet import Col, Entry, Sheet
from tailllm.tui.widgets.sparks import merge

HOSTILE = (
    "訂單" * 30,
    "👩‍👩‍👧" * 9,
    "a\u0301\u0301" * 40,
    "\x1b[2J\t\n",
    "\u202eabc",
    "\ud83d",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [1, 5, 20, 40, 66, 80, 95, 160])
def test_free_text_shifts_no_column(make_row: Callable[..., Row], text: str, width: int) -> None:
    row = make_row(preview=text, model=text or None, prompt_name=text, error_type=text or None,
                   status="error")  # fmt: skip
    shown = columns.columns(width)

    texts = columns.texts(row, shown, slow=True, glyphs=cells.UNICODE)
    assert [cell_len(text) for text in texts] == [column.width for column in shown]


@given(st.text(), st.integers(0, 40))
def test_cut_text_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(cells.cut(cells.visible(text), width)) == width


@pytest.mark.parametrize(
    ("number", "text"), [(None, "-"), (0, "0"), (980, "980"), (12_345, "12.3k"), (3.1e6, "3.1M")]
)
def test_big_numbers_stay_short(number: float | None, text: str) -> None:
    assert cells.short(number) == text


@pytest.mark.parametrize("at", [float("inf"), float("nan"), -1e30, 1e300])
def test_a_time_nobody_can_have_meant_is_a_dash(at: float) -> None:
    assert cells.clock(at) == "-"


def test_milliseconds_are_those_of_the_log() -> None:
    assert cells.clock(1_795_348_800.1, millis=True) == "12:00:00.100"


def test_the_version_of_a_prompt_is_never_cut() -> None:
    assert cells.prompt("billing_support", "v15", 12) == "billing…@v15"


def test_maker_and_date_of_a_model_go_before_its_name() -> None:
    assert cells.model("anthropic/claude-sonnet-4-5-20250929", 14) == "sonnet-4-5    "


def test_the_least_important_chunk_is_left_out_first() -> None:
    chunks = [Chunk(2, "aaaa"), Chunk(0, "bbbb"), Chunk(1, "cccc")]

    assert [chunk.text for chunk in cells.fit(chunks, 12)] == ["bbbb", "cccc"]


def test_a_sparkline_keeps_its_peak_when_there_is_little_room() -> None:
    assert merge([1.0, 9.0, None, 2.0, None, None], 3) == [9.0, 2.0, None]
    assert cells.spark([0, 9, None, 4], 4) == "▁█ ▄"


def test_a_cost_too_small_to_print_is_not_nothing() -> None:
    assert cells.money(0.00002) == "<$0.0001"
    assert cells.money(0.0) == "$0.00"


def test_a_moment_says_its_day_and_zone() -> None:
    assert cells.moment(0.5) == "1970-01-01 00:00:00.500 UTC"
    assert cells.moment(float("nan")) == "-"


@pytest.mark.parametrize(
    ("told", "word", "group"),
    [
        ({"http_status": 200}, "cut off", "cut off"),
        ({"http_status": 503}, "503", "http 503"),
        ({"http_status": None}, "error", "unknown"),
        ({"http_status": 429, "error_type": "slow_down"}, "slow_down", "slow_down"),
    ],
)
def test_an_answer_that_broke_off_is_not_called_by_its_good_status(
    make_row: Callable[..., Row], told: dict[str, Any], word: str, group: str
) -> None:
    row = make_row(status="error", **told)

    assert cells.verdict(row, slow=False) == word
    assert labels.error(row) == group


def test_a_count_without_room_is_short_and_never_cut() -> None:
    assert cells.count_in(112_526, 7) == "112,526"
    assert cells.count_in(1_125_260, 7) == "1.1M"
    assert cells.count_in(None, 1) == "-"


def test_a_column_of_numbers_grows_with_them() -> None:
    sheet = Sheet()
    sheet.fill(
        [Col("", 0, right=False), Col("calls", 6), Col("p50", 6, rank=1)],
        [Entry(n, [("a", ""), (f"{n:,}", ""), ("1.0s", "")]) for n in (1_125_260, 5)],
    )

    shown = "".join(text for line in sheet.lines(34) for text, _ in line)

    assert "1,125,260 " in shown
    assert sheet.columns[1].width == len("1,125,260")
