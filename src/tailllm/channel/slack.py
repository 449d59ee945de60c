"""Slack, read by polling: what is new, and what became of what was read before."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tailllm.channel.report import LONGEST, Known, Later, Page, Report, again, links
from tailllm.channel.slack_text import plain
from tailllm.channel.slack_web import MOST_PAGES, TS, Messages, SlackWeb, number, said_by_people
from tailllm.channel.trouble import ThrottledError
from tailllm.config.channels import SlackChannel

Place = dict[str, Any]
DAY_S = 86_400.0
"""Added to our clock, which may be late: a message must not be in the future for us."""


class SlackSource:
    """One channel of Slack as a source of reports.

    Of the messages between two times Slack gives the newest first. So what is read is all up
    to `done`, and, while a long absence is caught up with, from `bottom` to `top`; the gap
    between is closed page by page, also by a later sync. `threads` remembers how far threads
    were read.
    """

    def __init__(self, spec: SlackChannel, web: SlackWeb, clock: Callable[[], float]) -> None:
        self.name = f"slack:{spec.channel}"
        self._spec = spec
        self._web = web
        self._clock = clock

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Pages of what is new since `place`, and of the last hours once more.

        Where nothing much happens all of it is one request, which is what an app outside
        the marketplace has in a minute.

        Raises:
            TroubleError: What is new cannot be read on; pages given so far are good.
        """
        first = f"{max(0.0, self._clock() - self._spec.first_h * 3600):.6f}"
        place = place if _is_sound(place) else {}
        now: Place = {"done": first, "threads": {}} | dict(place)
        yield from self._close(now, known)
        low = f"{max(0.0, number(now['done']) - self._spec.back_h * 3600):.6f}"
        high = f"{self._clock() + DAY_S:.6f}"
        messages, more = self._web.history(low, high)
        bottom: str = messages[0]["ts"] if messages and more else low
        before: str = now["done"]
        if messages and number(bottom) > number(before):
            now |= {"top": messages[-1]["ts"], "bottom": bottom}
        elif messages:
            now["done"] = max(before, messages[-1]["ts"], key=number)
        yield self._page(messages, bottom, high, now, known)
        yield from self._close(now, known)
        if not place:
            return  # nothing from before the first sync is known
        # What was looked at in vain is no trouble: the next sync looks again.
        with contextlib.suppress(ThrottledError):
            yield from self._back(low, min(bottom, _after(before), key=number), now, known)

    def _close(self, now: Place, known: Known) -> Iterator[Page]:
        """What lies between the last message read and the page kept above it."""
        for _ in range(MOST_PAGES):
            if "bottom" not in now:
                return
            high: str = now["bottom"]
            messages, more = self._web.history(now["done"], high)
            if messages and more:
                now["bottom"] = messages[0]["ts"]
            else:
                now["done"] = now.pop("top")
                del now["bottom"]
            yield self._page(messages, now.get("bottom", high), high, now, known)

    def _back(self, low: str, high: str, now: Place, known: Known) -> Iterator[Page]:
        """The hours before: edits, deletions, replies and reactions are no new messages."""
        while number(high) > number(low):
            messages, more = self._web.history(low, high)
            bottom = messages[0]["ts"] if messages and more else low
            yield self._page(messages, bottom, high, now, known)
            high = bottom
        now["threads"] = {ts: n for ts, n in now["threads"].items() if number(ts) > number(low)}
        yield Page((), dict(now))

    def _page(self, messages: Messages, low: str, high: str, now: Place, known: Known) -> Page:
        found = [*self._all(messages, now, known), *self._gone(messages, low, high, known)]
        return Page(tuple(found), dict(now, threads=dict(now["threads"])))

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
            if message.get("thread_ts", message["ts"]) != message["ts"]:
                continue  # a reply that was sent to the channel too: it is read in its thread
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
        ts, last = parent["ts"], str(parent.get("latest_reply"))
        if not TS.fullmatch(last) or now["threads"].get(ts) == last:
            return
        for message in self._web.thread(ts, now["threads"].get(ts, "0")):
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


def _is_sound(place: Mapping[str, Any]) -> bool:
    """Whether it is one of ours; without one everything is read again, and known."""
    threads = place.get("threads")
    stamps = [stamp for name, stamp in place.items() if name != "threads"]
    stamps += [*threads, *threads.values()] if isinstance(threads, dict) else [None]
    whole = {"done", "threads"} == place.keys() - {"top", "bottom"}
    return (
        whole
        and ("top" in place) == ("bottom" in place)
        and all(isinstance(stamp, str) and TS.fullmatch(stamp) for stamp in stamps)
    )


def _after(ts: str) -> str:
    """Where a time must end that is to hold this message."""
    return f"{number(ts) + 1e-6:.6f}"


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
