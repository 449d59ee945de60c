"""GitHub on loopback: issues with a label, pages by the Link header, comments, reactions."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tests.channel.server import TOKEN, Asked, Said, Server

REPO = "acme/bot"
NOON = 1_795_300_000


class FakeGitHub(Server):
    """Gives the longest unchanged issue first when asked to."""

    def __init__(self) -> None:
        super().__init__(self._obey)
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.reacted: Counter[int] = Counter()
        self.next_link = ""
        """Where the next page is said to be, in place of the truth."""
        self._clock = NOON

    def open(self, title: str, body: str = "", login: str = "ana", **more: Any) -> int:
        number = len(self.issues) + 1
        self.issues[number] = {
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "user": {"login": login},
            "labels": [{"name": "weird"}],
            "html_url": f"https://github.com/{REPO}/issues/{number}",
            "created_at": self._now(),
            "comments": 0,
        } | more
        self._touch(number)
        return number

    def comment(self, number: int, body: str, login: str = "ben") -> None:
        said = self.comments.setdefault(number, [])
        own = {"id": number * 1000 + len(said), "body": body, "user": {"login": login}}
        said.append(own | {"created_at": self._now(), "updated_at": self._now()})
        self.issues[number]["comments"] = len(said)
        self._touch(number)

    def texts(self, number: int) -> list[str]:
        return [said["body"] for said in self.comments.get(number, ())]

    def _touch(self, number: int) -> None:
        self.issues[number]["updated_at"] = self._now()

    def _now(self) -> str:
        self._clock += 1
        return datetime.fromtimestamp(self._clock, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _obey(self, asked: Asked) -> Said:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Said({"message": "Bad credentials"}, 401)
        words = asked.path.removeprefix(f"/repos/{REPO}/issues").strip("/").split("/")
        if words == [""]:
            return self._listed(asked)
        number = int(words[0])
        if words[1] == "reactions":
            self.reacted[number] += 1
            return Said({"id": 1}, 201)
        if asked.method == "GET":
            since = asked.query.get("since", "")
            return self._paged(
                asked, [c for c in self.comments.get(number, ()) if c["updated_at"] >= since]
            )
        self.comment(number, asked.body["body"], "tailllm-bot")
        return Said({"id": 1}, 201)

    def _listed(self, asked: Asked) -> Said:
        wanted = asked.query["labels"]
        found = [
            issue
            for issue in self.issues.values()
            if issue["updated_at"] >= asked.query.get("since", "")
            and wanted in {label["name"] for label in issue["labels"]}
        ]
        return self._paged(asked, sorted(found, key=lambda issue: issue["updated_at"]))

    def _paged(self, asked: Asked, found: list[Any]) -> Said:
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 30))
        headers = {}
        if len(found) > page * size:
            query = "&".join(f"{k}={v}" for k, v in (asked.query | {"page": page + 1}).items())
            place = self.next_link or self.url
            headers["Link"] = f'<{place}{asked.path}?{query}>; rel="next", <{place}/x>; rel="last"'
        return Said(found[(page - 1) * size : page * size], headers=headers)
