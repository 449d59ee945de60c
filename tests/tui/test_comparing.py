"""A call that is unusual for its kind says so; a kind of few calls says nothing."""

from collections.abc import Callable

from tailllm.records.row import Row
from tests.tui.conftest import WaitUntil
from tests.tui.questions import SSH
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import ready, shown


def calls(make_row: Callable[..., Row], many: int, few: int) -> list[Row]:
    """Calls of two prompts, the last of each with twelve times the usual output."""
    kinds = ("billing", many), ("rare", few)
    return [
        make_row(prompt_name=name, output_tokens=1200 if n == size - 1 else 100, latency_ms=900.0)
        for name, size in kinds
        for n in range(size)
    ]


async def test_a_call_unusual_for_its_kind_has_a_badge_and_a_sentence(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = stage(FakeFeed(calls(make_row, many=120, few=5)))

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await wait_until(pilot, lambda: "12x out" in shown(app))
        [line] = [line for line in shown(app).split("\n") if "12x out" in line]
        assert line[1] == "◇"
        assert "billing" in line
        await pilot.press(*"kkkkk", "enter")
        await wait_until(pilot, lambda: "12x usual output of 120" in shown(app))


async def test_a_kind_of_few_calls_has_nothing_unusual(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = stage(FakeFeed(calls(make_row, many=99, few=99)))

    async with app.run_test(size=SSH) as pilot:
        screen = await ready(pilot, wait_until)
        await wait_until(pilot, lambda: screen._cohorts is not None)

        assert {screen.badge(row) for _, row in screen.feed.window.newest_first()} == {""}
