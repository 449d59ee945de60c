"""The methods of Slack that are used, each with what it says as plain values.

Source:
    docs.slack.dev, Web API: conversations.history and .replies, auth.test, users.info; the
    two rate regimes under its rate limits.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tailllm.channel.patience import Patience
from tailllm.channel.trouble import (
    BarredError,
    DeniedError,
    DownError,
    ThrottledError,
    TroubleError,
)
from tailllm.channel.wire import Answer, Wire
from tailllm.config.channels import SlackChannel

TS = re.compile(r"\d{1,12}\.\d{1,6}")
"""A message's time, which is its id."""
EVENT = "tailllm_report"
"""Type of the metadata by which our own messages are known again."""
Messages = list[dict[str, Any]]
MOST_PAGES = 1_000
"""Of one sync: a server that always has more does not keep it for ever."""
_PASSING = frozenset(("internal_error", "fatal_error", "service_unavailable", "request_timeout"))
_BARRED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
    | {"missing_scope", "not_in_channel", "channel_not_found", "no_permission"}
    | {"not_allowed_token_type", "access_denied", "team_access_not_granted"}
)
_WORKSPACE = re.compile(r"https://[\w.-]+/")


class SlackWeb:
    """One channel, as patiently as the config says."""

    def __init__(self, spec: SlackChannel, wire: Wire, patience: Patience) -> None:
        self._spec = spec
        self._wire = wire
        self._patience = patience
        self._workspace: str | None = None

    def history(self, oldest: str, latest: str) -> tuple[Messages, bool]:
        """Messages between two times, neither included, oldest first, and whether there are more.

        Of too many Slack gives those closest to `latest`; without it, those closest to `oldest`.
        """
        said = self._get("conversations.history", self._query(oldest=oldest, latest=latest))
        low, high = number(oldest), number(latest)
        found = [m for m in _messages(said) if low < number(m["ts"]) < high]
        return found, bool(said.get("has_more"))

    def thread(self, ts: str, oldest: str = "0") -> Iterator[dict[str, Any]]:
        """Every message of a thread after a time; Slack gives the first one always."""
        cursor = ""
        for _ in range(MOST_PAGES):
            query = self._query(ts=ts, oldest=oldest) | ({"cursor": cursor} if cursor else {})
            said = self._get("conversations.replies", query)
            yield from _messages(said)
            after = said.get("response_metadata")
            cursor = str(after.get("next_cursor") or "") if isinstance(after, dict) else ""
            if not cursor:
                return

    def name(self, user: str) -> str:
        """What people call a user; their id where Slack does not say."""
        try:
            found = self._get("users.info", {"user": user}).get("user")
        except DeniedError:
            return user
        found = found if isinstance(found, dict) else {}
        profile = found.get("profile")
        profile = profile if isinstance(profile, dict) else {}
        names = [profile.get(key) for key in ("display_name", "real_name")]
        return next((str(name) for name in (*names, found.get("name")) if name), user)

    def permalink(self, ts: str, thread: str | None = None) -> str:
        """Where a person reads a message; empty where Slack does not name its workspace."""
        if self._workspace is None:
            try:
                said = str(self._get("auth.test", {}).get("url"))
            except TroubleError:
                said = ""
            self._workspace = said if _WORKSPACE.fullmatch(said) else ""
        if not self._workspace:
            return ""
        inside = f"?thread_ts={thread}&cid={self._spec.channel}" if thread else ""
        place = f"archives/{self._spec.channel}/p{ts.replace('.', '')}"
        return f"{self._workspace}{place}{inside}"

    def post(self, method: str, body: Mapping[str, Any]) -> str:
        """Do something in the channel, once; the word with which Slack says it was done before.

        Raises:
            TroubleError: It was not done, or nobody knows.
        """
        whole = {"channel": self._spec.channel} | dict(body)

        def ask() -> str:
            answer = self._wire.ask("POST", f"/{method}", body=whole)
            return _error(answer, self._wire.host, {"already_reacted"})

        return self._patience.throttled(ask)

    def _query(self, **more: str) -> dict[str, str | int]:
        shared: dict[str, str | int] = {"channel": self._spec.channel, "limit": self._spec.page}
        return shared | {"include_all_metadata": "true"} | more

    def _get(self, method: str, query: Mapping[str, str | int]) -> Mapping[str, Any]:
        def ask() -> Mapping[str, Any]:
            answer = self._wire.ask("GET", f"/{method}", query=query)
            _error(answer, self._wire.host)
            found: Mapping[str, Any] = answer.value
            return found

        return self._patience.get(ask)


def number(ts: str) -> float:
    """A message's time in seconds since the epoch."""
    return float(ts)


def said_by_people(message: Mapping[str, Any]) -> bool:
    """Whether somebody wrote it: not Slack, and not we."""
    meta = message.get("metadata")
    ours = isinstance(meta, dict) and meta.get("event_type") == EVENT
    kind = message.get("subtype")
    return not ours and kind in (
        None,
        "file_share",
        "bot_message",
        "me_message",
        "thread_broadcast",
    )


def _messages(said: Mapping[str, Any]) -> Messages:
    """Oldest first; what has no time of its own is none."""
    found = said.get("messages")
    known = [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []
    known = [m for m in known if isinstance(m.get("ts"), str) and TS.fullmatch(m["ts"])]
    return sorted(known, key=lambda message: number(message["ts"]))


def _error(answer: Answer, host: str, fine: frozenset[str] | set[str] = frozenset()) -> str:
    """Raise what `ok: false` says; it comes with a status of 200."""
    said = answer.value
    if not isinstance(said, dict):
        raise DownError(f"{host} answered with no JSON")
    if said.get("ok") is True:
        return ""
    word = str(said.get("error") or "without a reason")
    word = word if re.fullmatch(r"[a-z0-9_ ]{1,60}", word) else "a word nobody knows"
    if word in fine:
        return word
    if word in ("ratelimited", "rate_limited"):
        raise ThrottledError(f"{host} says {word}")
    kind = DownError if word in _PASSING else BarredError if word in _BARRED else DeniedError
    raise kind(f"{host} says {word}")
