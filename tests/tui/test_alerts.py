"""Limits of the config on the screen: a line while they are passed, a bell if wanted."""

from collections.abc import Callable

from tailllm.ask.check import Limit
from tailllm.config.model import Config
from tailllm.records.row import Row
from tailllm.tui.app import limits
from tests.tui.conftest import WaitUntil
from tests.tui.questions import SSH
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import ready, shown


async def test_a_limit_that_is_passed_is_said_and_rings_once(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    feed = FakeFeed([make_row() for _ in range(30)])
    app = stage(feed, limits=[Limit("bad", 0.1)], bell=True, title=True)
    rung: list[bool] = []
    titles: list[str] = []
    app.bell = lambda: rung.append(True)  # type: ignore[method-assign]
    app.entitle = titles.append  # type: ignore[method-assign]

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        assert "ALERT" not in shown(app)
        for _ in range(2):
            feed.add([make_row(status="error") for _ in range(10)])
            await wait_until(pilot, lambda: "! ALERT bad" in shown(app))
        await wait_until(pilot, lambda: "bad 40.0% over 10.0%" in shown(app))

        assert rung == [True]
        assert titles == ["! bad over - tailllm"]
        feed.add([make_row() for _ in range(400)])
        await wait_until(pilot, lambda: "ALERT" not in shown(app))
        assert titles[1:] == ["tailllm"]


def test_the_limits_are_those_of_the_config() -> None:
    config = Config.model_validate({"thresholds": {"max_p95_ms": 2000, "max_fail": 0.01}})

    assert limits(config) == [Limit("p95", 2000.0), Limit("fail", 0.01)]
