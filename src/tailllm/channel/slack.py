"""Slack, read by polling: what is new, and what became of what was read before."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tailllm.channel.report import LONGEST, Known, Later, Page, Report, again, links
from tailllm.channel.slack_text import plain
from tailllm.channel.slack_web import MOST_PAGES, TS, Messages, SlackWeb, number, said_by_people
from tailllm.config.channels import SlackChannel

Place = dict[str, Any]


class SlackSource:
    """One channel of Slack as a source of reports.

    Slack gives the newest messages first. So what is read is all up to `done`, and, while a
    long absence is caught up with, from `bottom` to `top`; the gap between is closed page by
    page, also by a later sync. `threads` remembers how far threads were read.
    """

    def __init__(self, spec: SlackChannel, web: SlackWeb, clock: Callable[[], float]) -> None:
        self.name = f"slack:{spec.channel}"
        self._spec = spec
        self._web = web
        self._clock = clock

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Pages of what is new since `place`, then of the last hours once more.

        Raises:
            TroubleError: Slack cannot be read on; pages given so far are good.
        """
        first = f"{max(0.0, self._clock() - self._spec.first_h * 3600):.6f}"
        now: Place = {"done": first, "threads": {}} | dict(place)
        before = now["done"]
        for _ in range(MOST_PAGES):
            messages = self._forward(now)
            found = tuple(self._all(messages, now, known))
            yield Page(found, dict(now))
            if not messages and "bottom" not in now:
                break
        yield from self._back(before, now, known)

    def _forward(self, now: Place) -> Messages:
        """The next page of what is not read yet; `now` is what is read with it."""
        messages, more = self._web.history(now["done"], now.get("bottom"))
        stamps = [message["ts"] for message in messages]
        top = now.pop("top", None) or (stamps[-1] if stamps else now["done"])
        now.pop("bottom", None)
        if messages and more:
            now |= {"top": top, "bottom": stamps[0]}
        else:
            now["done"] = top
        return messages

    def _back(self, before: str, now: Place, known: Known) -> Iterator[Page]:
        """The hours before once more: edits, deletions, replies and reactions are no news."""
        if not self._spec.back_h:
            return
        low = f"{max(0.0, number(before) - self._spec.back_h * 3600):.6f}"
        now["threads"] = {ts: n for ts, n in now["threads"].items() if number(ts) > number(low)}
        high: str | None = f"{number(before) + 1e-6:.6f}"
        while high:
            messages, more = self._web.history(low, high)
            bottom = messages[0]["ts"] if messages and more else low
            found = [*self._all(messages, now, known), *self._gone(messages, bottom, high, known)]
            yield Page(tuple(found), dict(now))
            high = bottom if messages and more else None

    def _gone(self, seen: Messages, low: str, high: str, known: Known) -> Iterator[Later]:
        """Reports that stood between two times and are there no more."""
        there = {f"{self.name}:{message['ts']}" for message in seen}
        for report in sorted(known.ids - there):
            ts = report.removeprefix(f"{self.name}:")
            is_top = ts != report and TS.fullmatch(ts)
            if is_top and number(low) < number(ts) < number(high):
                yield Later(report, f"{report}@gone", "withdrawn")

    def _all(self, messages: Messages, now: Place, known: Known) -> Iterator[Report | Later]:
        for message in messages:
            given = f"{self.name}:{message['ts']}"
            report = self._report(message, given, known)
            if report is not None:
                yield report
            if given in known.ids:
                yield from _changes(message, given)
            if report is not None or given in known.ids:
                yield from self._replies(message, given, now, known)

    def _report(
        self, message: Mapping[str, Any], given: str, known: Known, thread: str | None = None
    ) -> Report | None:
        weird = self._weird(message)
        wanted = weird or (self._spec.every_message and thread is None)
        if not said_by_people(message) or not wanted:
            return None
        if given in known.ids:
            return again(given, "slack")
        text = plain(str(message.get("text") or ""))[:LONGEST]
        author = weird or _author(message)
        waits = self._web.permalink(message["ts"], thread)
        return Report(
            id=given,
            source="slack",
            author=self._name(author, known),
            author_id=author,
            text=text,
            links=(*((waits,) if waits else ()), *links(text)),
            at=number(message["ts"]),
        )

    def _replies(
        self, parent: Mapping[str, Any], given: str, now: Place, known: Known
    ) -> Iterator[Report | Later]:
        """What was said under a report since somebody last looked."""
        ts, last = parent["ts"], parent.get("latest_reply")
        if not parent.get("reply_count") or now["threads"].get(ts) == last:
            return
        for message in self._web.thread(ts):
            if message["ts"] == ts or not said_by_people(message):
                continue
            report = self._report(message, f"{self.name}:{ts}/{message['ts']}", known, ts)
            text = plain(str(message.get("text") or ""))[:LONGEST]
            if report is not None:
                yield report
            else:
                who = self._name(_author(message), known)
                at = number(message["ts"])
                yield Later(given, f"{given}@{message['ts']}", "replied", text, who, at)
        now["threads"][ts] = last

    def _weird(self, message: Mapping[str, Any]) -> str:
        """Whoever reported a message by a reaction; empty: nobody."""
        reactions = message.get("reactions")
        for reaction in reactions if isinstance(reactions, list) else ():
            if isinstance(reaction, dict) and reaction.get("name") == self._spec.weird:
                users = reaction.get("users")
                return str(users[0]) if isinstance(users, list) and users else "somebody"
        return ""

    def _name(self, user: str, known: Known) -> str:
        if user not in known.names and user.startswith(("U", "W")):
            known.names[user] = self._web.name(user)
        return known.names.get(user, user)


def _author(message: Mapping[str, Any]) -> str:
    return str(message.get("user") or message.get("username") or message.get("bot_id") or "")


def _changes(message: Mapping[str, Any], given: str) -> Iterator[Later]:
    """What became of a report that is known."""
    if message.get("subtype") == "tombstone":
        yield Later(given, f"{given}@gone", "withdrawn")
        return
    edited = message.get("edited")
    if isinstance(edited, dict) and edited.get("ts"):
        text = plain(str(message.get("text") or ""))[:LONGEST]
        yield Later(given, f"{given}@edited:{edited['ts']}", "edited", text)
