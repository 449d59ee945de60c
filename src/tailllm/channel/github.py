"""Issues of GitHub with a label, and answers as comments.

Source:
    docs.github.com, REST API: issues, issue comments, reactions; paging by the Link header;
    primary and secondary rate limits.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from tailllm.channel.outgoing import Message
from tailllm.channel.patience import Patience
from tailllm.channel.report import LONGEST, Known, Later, Page, Report, again, links
from tailllm.channel.trouble import DeniedError, DownError
from tailllm.channel.wire import Answer, Wire
from tailllm.config.channels import GitHubChannel

MARK = "<!-- tailllm {} -->"
"""Ends every comment of ours, unseen: by it a comment is known again."""
ACK = "eyes"
MOST_PAGES = 1_000
"""Of one list: a server that always has more does not keep a sync for ever."""
_OURS = re.compile(r"<!-- tailllm [0-9a-f]{8,64} -->")
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class GitHubIssues:
    """The issues of one repository: a source of reports, and where answers go."""

    def __init__(self, spec: GitHubChannel, wire: Wire, patience: Patience) -> None:
        self.name = f"github:{spec.repo}"
        self._spec = spec
        self._wire = wire
        self._patience = patience
        self._issues = f"/repos/{spec.repo}/issues"

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Pages of issues that changed since `place`, the longest unchanged first.

        Raises:
            TroubleError: GitHub cannot be read on; pages given so far are good.
        """
        since = str(place.get("since") or "")
        query: dict[str, str | int] = {"labels": self._spec.label, "state": "all"}
        query |= {"sort": "updated", "direction": "asc", "per_page": self._spec.page}
        query |= {"since": since} if since else {}
        for issues in self._pages(self._issues, query):
            found: list[Report | Later] = []
            for issue in issues:
                if isinstance(issue.get("number"), int) and "pull_request" not in issue:
                    found += self._said(issue, since, known)
                changed = str(issue.get("updated_at"))
                since = max(since, changed) if _TIME.fullmatch(changed) else since
            yield Page(tuple(found), {"since": since} if since else None)

    def _said(self, issue: Mapping[str, Any], since: str, known: Known) -> Iterator[Report | Later]:
        given = f"{self.name}#{issue['number']}"
        title, body = str(issue.get("title") or ""), str(issue.get("body") or "")
        text = f"{title}\n\n{body}".strip()[:LONGEST]
        if given not in known.ids:
            if issue.get("state") != "open":
                return
            here = str(issue.get("html_url") or "")
            yield Report(
                id=given,
                source="github",
                author=_login(issue),
                author_id=_login(issue),
                text=text,
                links=(*((here,) if here.startswith("https://") else ()), *links(text)),
                at=_seconds(issue.get("created_at")),
            )
        else:
            yield again(given, "github")
            digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
            yield Later(given, f"{given}@edited:{digest}", "edited", text)
        if issue.get("comments"):
            yield from self._comments(given, issue["number"], since)

    def _comments(self, given: str, number: int, since: str) -> Iterator[Later]:
        """What people said under an issue; not what we said."""
        query: dict[str, str | int] = {"per_page": 100} | ({"since": since} if since else {})
        for page in self._pages(f"{self._issues}/{number}/comments", query):
            for comment in page:
                text = str(comment.get("body") or "")[:LONGEST]
                if text and not _OURS.search(text):
                    own = f"{given}@{comment.get('id')}"
                    at = _seconds(comment.get("created_at"))
                    yield Later(given, own, "replied", text, _login(comment), at)

    def send(self, message: Message) -> None:
        """Put a reaction on the issue, or a comment under it."""
        issue = f"{self._issues}/{self._number(message)}"
        if message.kind == "received":
            self._post(f"{issue}/reactions", {"content": ACK})
        else:
            words = f"{message.text}\n\n{MARK.format(message.id)}"
            self._post(f"{issue}/comments", {"body": words})

    def is_there(self, message: Message) -> bool:
        """Whether its mark stands under the issue; a second reaction of ours is none."""
        if message.kind == "received":
            return False
        mark = MARK.format(message.id)
        place = f"{self._issues}/{self._number(message)}/comments"
        return any(
            mark in str(comment.get("body"))
            for page in self._pages(place, {"per_page": 100})
            for comment in page
        )

    def _post(self, path: str, body: Mapping[str, Any]) -> None:
        answer = self._patience.throttled(lambda: self._wire.ask("POST", path, body=body))
        if not isinstance(answer.value, dict) or not isinstance(answer.value.get("id"), int):
            raise DownError(f"{self._wire.host} does not say what was made")

    def _number(self, message: Message) -> int:
        """The issue; only of the repository that the config names."""
        number = message.report.removeprefix(f"{self.name}#")
        if number == message.report or not re.fullmatch(r"[1-9]\d{0,11}", number):
            raise DeniedError("it came from a repository that is no longer in the config")
        return int(number)

    def _pages(
        self, path: str, query: Mapping[str, str | int]
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Each page; of the address of the next one only what it asks is taken."""
        following: Mapping[str, str | int] | None = query
        for _ in range(MOST_PAGES):
            if following is None:
                return
            now = following
            answer = self._patience.get(lambda: self._page(path, now))  # noqa: B023 -- called at once
            yield [item for item in answer.value if isinstance(item, dict)]
            found = _NEXT.search(answer.headers.get("link", ""))
            more = dict(parse_qsl(urlsplit(found[1]).query)) if found else None
            following = more or None

    def _page(self, path: str, query: Mapping[str, str | int]) -> Answer:
        answer = self._wire.ask("GET", quote(path), query=query)
        if not isinstance(answer.value, list):
            raise DownError(f"{self._wire.host} answered with no list")
        return answer


def _login(item: Mapping[str, Any]) -> str:
    user = item.get("user")
    return str(user.get("login") or "") if isinstance(user, dict) else ""


def _seconds(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None
