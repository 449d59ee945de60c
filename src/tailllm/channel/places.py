"""The channels of the config as sources and as places to answer; nothing else makes one."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Protocol, Self

from tailllm.channel import escape
from tailllm.channel.folder import FolderSource
from tailllm.channel.mail import MailSource
from tailllm.channel.outgoing import Sender
from tailllm.channel.report import Known, Page
from tailllm.config.channels import (
    Channel,
    FolderChannel,
    GitHubChannel,
    Hosted,
    MailChannel,
    SlackChannel,
)


class Source(Protocol):
    """Where reports come from."""

    name: str
    """What is read, for its cursor."""

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Pages since `place`.

        Raises:
            TroubleError: It cannot be read on; pages given so far are good.
        """


class Places:
    """Made when asked for, and closed together."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        environ: Mapping[str, str],
        clock: Callable[[], float],
        *,
        patience_s: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._channels = channels
        self._environ = environ
        self._clock = clock
        self._patience_s = patience_s
        self._sleep = sleep
        self._made: dict[str, tuple[Source, Sender | None]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.close()

    def source(self, name: str) -> Source:
        """The channel as a source.

        Raises:
            SourceError: Its token is not set.
            ConfigError: Its certificates cannot be read.
        """
        return self._both(name)[0]

    def sender(self, name: str) -> Sender:
        """The channel as a place to answer; errors as for `source`."""
        found = self._both(name)[1]
        assert found is not None  # noqa: S101 -- of those that tell
        return found

    def answers(self, name: str) -> bool:
        """Whether anybody could be told anything there."""
        return isinstance(self._channels.get(name), Hosted)

    def tells(self, name: str) -> bool:
        """Whether reporters are told anything there."""
        spec = self._channels.get(name)
        return isinstance(spec, Hosted) and spec.tell

    def escape(self, name: str) -> Callable[[str], str]:
        """What makes foreign words harmless there."""
        spec = self._channels.get(name)
        if isinstance(spec, SlackChannel):
            return escape.slack
        return escape.github if isinstance(spec, GitHubChannel) else escape.plain

    def _both(self, name: str) -> tuple[Source, Sender | None]:
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = self._make(name, self._channels[name])
        return known

    def _make(self, name: str, spec: Channel) -> tuple[Source, Sender | None]:
        if isinstance(spec, MailChannel):
            return MailSource(spec), None
        if isinstance(spec, FolderChannel):
            return FolderSource(spec), None
        # HTTP and its retries are loaded only where a config has such a channel.
        from tailllm.channel.patience import Patience
        from tailllm.channel.wire import Wire

        assert isinstance(spec, Hosted)  # noqa: S101 -- the kinds there are
        wire = self._open.enter_context(Wire(name, spec, self._environ, self._clock))
        patience = Patience(self._patience_s, self._sleep)
        if isinstance(spec, SlackChannel):
            from tailllm.channel.slack import SlackSource
            from tailllm.channel.slack_out import SlackSender
            from tailllm.channel.slack_web import SlackWeb

            web = SlackWeb(spec, wire, patience)
            return SlackSource(spec, web, self._clock), SlackSender(spec, web)
        from tailllm.channel.github import GitHubIssues

        assert isinstance(spec, GitHubChannel)  # noqa: S101 -- the kinds there are
        issues = GitHubIssues(spec, wire, patience)
        return issues, issues
