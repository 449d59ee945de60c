"""A corpus, its channels on loopback, and rounds of sync over them in this process."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tailllm.channel.ledger import Ledger, Story
from tailllm.channel.places import Places
from tailllm.channel.sync import Round, Sync
from tailllm.config.load import load
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.marks import Marks
from tests.channel.fake_github import REPO, FakeGitHub
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import TOKEN
from tests.conftest import NOON

ENVIRON = {"SLACK_TOKEN": TOKEN, "GITHUB_TOKEN": TOKEN}
SLACK = """
[channels.weird]
kind = "slack"
url = "{url}/api"
channel = "{channel}"
token = "SLACK_TOKEN"
"""
GITHUB = """
[channels.issues]
kind = "github"
url = "{url}"
repo = "{repo}"
token = "GITHUB_TOKEN"
"""


class Desk:
    """One team: its config, its corpus, and what a sync of it does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        self.now = NOON
        self.slept: list[float] = []
        self.inbox = self._inbox()

    def write(self, toml: str) -> None:
        (self.folder / "tailllm.toml").write_text(toml)

    def sync(self, environ: Mapping[str, str] = ENVIRON, **options: Any) -> Round:
        config = load(None, cwd=self.folder, environ={})
        clock = lambda: self.now  # noqa: E731
        with Places(
            config.channels,
            environ,
            clock,
            patience_s=config.sync.patience_s,
            sleep=self.slept.append,
        ) as places:
            sync = Sync(config, self.inbox, places, host="web-1", clock=clock)
            return sync.round(with_runs=options.get("with_runs", False))

    @property
    def stories(self) -> dict[str, Story]:
        return Ledger(self.corpus, host="web-1", clock=lambda: self.now).read()

    @property
    def notes(self) -> list[str | None]:
        """The words of every item, in the order of the inbox."""
        return [item.note for item in self.inbox.read().items]

    def _inbox(self) -> Inbox:
        marks = Marks(
            self.corpus, fallback=self.folder / "state", by="ana", host="web-1", version="0"
        )
        return Inbox(
            self.corpus, marks, by="ana", host="web-1", version="0", clock=lambda: self.now
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def slack(desk: Desk) -> Iterator[FakeSlack]:
    server = FakeSlack()
    desk.write(SLACK.format(url=server.url, channel=CHANNEL))
    yield server
    server.close()


@pytest.fixture
def github(desk: Desk) -> Iterator[FakeGitHub]:
    server = FakeGitHub()
    desk.write(GITHUB.format(url=server.url, repo=REPO))
    yield server
    server.close()
