"""The story logs, read once for all questions about them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tailllm.records.row import Row

SAMPLES = Path(__file__).parents[2] / "sample_logs"


class Story(NamedTuple):
    feed: Feed
    rows: list[Row]
    """Oldest first."""


@pytest.fixture(scope="package")
def story() -> Iterator[Story]:
    """The incident and the calm hours before it."""
    files = [str(SAMPLES / name) for name in ("incident.jsonl", "calm.jsonl")]
    feed = Feed(files, Config(), follow=False)
    feed.load()
    rows = sorted((row for _, row in feed.window.newest_first()), key=lambda row: row.at)
    yield Story(feed, rows)
    feed.close()
