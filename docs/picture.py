"""Draw the README's picture from the running app: the incident, a key after it began."""

import asyncio
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path

from tailllm.config.model import Config
from tailllm.corpus.marks import Marks
from tailllm.feed.feed import Feed
from tailllm.feed.keeper import Keeper
from tailllm.tui.app import TailllmApp
from tailllm.tui.setting import Setting

HERE = Path(__file__).parent
LOG = HERE.parent / "sample_logs" / "incident.jsonl"
SIZE = (118, 34)


async def draw(picture: Path, corpus: Path) -> None:
    """Follow the incident, go to a failing call, and write what is on the screen as SVG."""
    feed = Feed(["assist/calls.jsonl"], Config())
    marks = Marks(corpus, fallback=corpus, by="ana", host="api-7", version="")
    setting = Setting(
        feed=feed,
        keeper=Keeper(feed, marks),
        targets=("assist/calls.jsonl",),
    )
    app = TailllmApp(setting)
    async with app.run_test(size=SIZE) as pilot:
        while not feed.progress.done:
            await pilot.pause(0.1)
        for key in ("e", "m", "E", "E", "E"):
            await pilot.press(key)
            await pilot.pause(1.0)
        picture.write_text(app.export_screenshot(title="tailllm assist/calls.jsonl"))
    feed.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("assist").mkdir()
        shutil.copy(LOG, "assist/calls.jsonl")
        asyncio.run(draw(HERE / "live.svg", Path("corpus")))
