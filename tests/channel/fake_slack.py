"""Slack on loopback: one channel, pages, both rate regimes, threads, reactions, edits."""

from collections import Counter
from typing import Any

from tests.channel.server import TOKEN, Asked, Said, Server

CHANNEL = "C0WEIRD"
START = 1_795_300_000
"""Some hours before the noon of the tests."""


class FakeSlack(Server):
    """Pages as Slack does: of a time between two others the newest messages."""

    def __init__(self, *, most: int = 999) -> None:
        super().__init__(self._obey)
        self.most = most
        """Messages of a page whatever is asked for: 15 for apps outside the marketplace."""
        self.messages: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.posted: list[dict[str, Any]] = []
        self.reacted: Counter[tuple[str, str]] = Counter()
        self._next = 0

    def say(self, text: str, user: str = "U0ANA", **more: Any) -> str:
        """Somebody writes into the channel; the ts of the message."""
        self._next += 1
        ts = more.pop("ts", f"{START + self._next}.{self._next:06}")
        self.messages[ts] = {"type": "message", "ts": ts, "user": user, "text": text} | more
        return ts

    def reply(self, ts: str, text: str, user: str = "U0BEN", **more: Any) -> str:
        self._next += 1
        own = f"{START + self._next}.{self._next:06}"
        said = {"type": "message", "ts": own, "thread_ts": ts, "user": user, "text": text} | more
        self._under(ts, said)
        return own

    def texts(self, ts: str) -> list[str]:
        """What we wrote into a thread."""
        return [said["text"] for said in self.posted if said["thread_ts"] == ts]

    @property
    def marks(self) -> Counter[str]:
        """How often each message of ours stands somewhere."""
        return Counter(said["metadata"]["event_payload"]["mark"] for said in self.posted)

    def _under(self, ts: str, said: dict[str, Any]) -> None:
        self.replies.setdefault(ts, []).append(said)
        parent = self.messages.get(ts)
        if parent is not None:
            parent |= {"reply_count": len(self.replies[ts]), "latest_reply": said["ts"]}

    def _obey(self, asked: Asked) -> Said:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Said({"ok": False, "error": "invalid_auth"})
        method = asked.path.removeprefix("/api/")
        found = getattr(self, f"_{method.replace('.', '_')}")(asked.query | asked.body)
        return Said({"ok": True} | found)

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": "https://acme.slack.com/", "user_id": "U0BOT"}

    def _users_info(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = {"U0ANA": "Ana", "U0BEN": "Ben"}.get(asked["user"], asked["user"].lower())
        return {"user": {"id": asked["user"], "profile": {"display_name": name}}}

    def _conversations_history(self, asked: dict[str, Any]) -> dict[str, Any]:
        low, high = float(asked.get("oldest", 0)), float(asked.get("latest", 9e9))
        found = [m for m in self.messages.values() if low < float(m["ts"]) < high]
        found.sort(key=lambda message: float(message["ts"]))
        limit = min(int(asked.get("limit", 100)), self.most)
        # As docs.slack.dev has it: closest to `latest`, and without it closest to `oldest`.
        page = found[-limit:] if "latest" in asked or "oldest" not in asked else found[:limit]
        return {"messages": page[::-1], "has_more": len(found) > limit}

    def _conversations_replies(self, asked: dict[str, Any]) -> dict[str, Any]:
        parent = self.messages.get(asked["ts"])
        after = float(asked.get("oldest", 0))
        said = [m for m in self.replies.get(asked["ts"], ()) if float(m["ts"]) > after]
        whole = [*([parent] if parent else []), *said]
        begin, limit = int(asked.get("cursor") or 0), min(int(asked.get("limit", 100)), self.most)
        more = str(begin + limit) if begin + limit < len(whole) else ""
        return {
            "messages": whole[begin : begin + limit],
            "has_more": bool(more),
            "response_metadata": {"next_cursor": more},
        }

    def _reactions_add(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.reacted[asked["timestamp"], asked["name"]] += 1
        if self.reacted[asked["timestamp"], asked["name"]] > 1:
            return {"ok": False, "error": "already_reacted"}
        return {}

    def _chat_postMessage(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.posted.append(asked)
        self._next += 1
        own = f"{START + self._next}.{self._next:06}"
        said = {"ts": own, "bot_id": "B0US", "text": asked["text"], "type": "message"}
        self._under(asked["thread_ts"], said | {"metadata": asked["metadata"]})
        return {"ts": own}
