"""The rotation sessions of a corpus folder: who was dealt what, and what was said of it.

A reader draws her deck under a lock that all readers of the folder share, and the deck is on
disk before the lock is let go: so two who start at the same time never hold the same card.
"""

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from tailllm.corpus import alive, record
from tailllm.corpus.append import WAIT_S, append
from tailllm.corpus.clean import Cleaner
from tailllm.corpus.content import mark_id, plain
from tailllm.corpus.lock import lock
from tailllm.corpus.rules import NONE, Rules
from tailllm.corpus.session import Session, fold
from tailllm.corpus.session_lines import FOLDER, SCHEMA, SUFFIX, Card, Line, Said, SessionLines
from tailllm.errors import CorpusError
from tailllm.records.call import Call

LOCK = "claims.lock"
DRAWING_S = 30.0
"""How long to wait while another reader draws."""
HELD_S = 12 * 3600.0
"""For so long after her last word the cards a reader has left are hers; then anybody's."""


class Taken(NamedTuple):
    """Calls that must not be dealt again."""

    keys: frozenset[str]
    ids: frozenset[str]

    def has(self, card: Card) -> bool:
        """Whether it is one of them, in this log or in another."""
        return card.key in self.keys or card.id in self.ids


class Listing(NamedTuple):
    """All sessions of a corpus."""

    sessions: tuple[Session, ...]
    """Oldest first."""
    unread: int = 0
    """Lines nobody can read."""

    def taken(self, now: float, *, but: Session | None = None) -> Taken:
        """What was read or skipped by anybody, and what somebody still holds."""
        cards = [
            card
            for session in self.sessions
            if session is not but
            for place, card in enumerate(session.cards)
            if place in session.said or (not session.ended and now - session.at < HELD_S)
        ]
        return Taken(frozenset(card.key for card in cards), frozenset(card.id for card in cards))

    def open(self, by: str, host: str) -> list[Session]:
        """Sessions of a reader that have cards left and that nobody reads now, the latest first.

        Args:
            by: The reader.
            host: This one: of another it is not known what runs there.
        """
        mine = [s for s in self.sessions if s.by == by and not s.ended and s.left]
        return [session for session in mine[::-1] if not _is_read_elsewhere(session, host)]


class Sessions:
    """The sessions of one corpus folder, as one person on one host sees them."""

    def __init__(
        self,
        folder: Path,
        *,
        by: str,
        host: str,
        version: str,
        rules: Rules = NONE,
        clock: Callable[[], float] = time.time,
        wait_s: float = WAIT_S,
    ) -> None:
        """Touch nothing yet; arguments as for `Marks`."""
        self.folder = folder / FOLDER
        self.by = by
        self.host = host
        self.clock = clock
        self._who = {"by": by, "host": host, "version": version}
        self._rules = rules
        self._wait_s = wait_s

    def read(self) -> Listing:
        """Every session there is.

        Raises:
            CorpusError: a file is there and cannot be read.
        """
        found, unread = [], 0
        try:
            for path in sorted(self.folder.glob(f"*{SUFFIX}")):
                reader = SessionLines(path)
                session = fold(path, reader)
                unread += reader.unread
                if session is not None:
                    found.append(session)
        except OSError as error:
            raise CorpusError(
                f"the sessions cannot be read: {error}",
                fix=f"Give yourself the right to read {self.folder}, or name another --corpus.",
            ) from error
        return Listing(tuple(sorted(found, key=lambda session: session.began)), unread)

    @contextlib.contextmanager
    def drawing(self) -> Iterator[Listing]:
        """While nobody else draws: what there is.

        Raises:
            CorpusError: the lock cannot be had.
        """
        with contextlib.ExitStack() as stack:
            try:
                for place in (self.folder.parent, self.folder):
                    place.mkdir(mode=0o700, parents=True, exist_ok=True)
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
                file = os.open(self.folder / LOCK, flags, 0o600)
                stack.callback(os.close, file)
                lock(file, time.monotonic() + DRAWING_S)
            except OSError as error:
                raise CorpusError(
                    f"no deck can be drawn: {self.folder}: {error.strerror or error}",
                    fix="Give yourself the right to write there, or name another --corpus.",
                ) from error
            yield self.read()

    def card(self, call: Call, *, key: str, share: str, why: str, asked: str) -> Card:
        """A call as a session keeps it: without secrets, and without its text."""
        cleaner = self._cleaner()
        names = {"passed": [], "failed": []}  # type: dict[str, list[str]]
        for verdict in call.evaluations:
            if verdict.outcome in names:
                names[verdict.outcome].append(verdict.name)
        words = cleaner.value(
            {
                "key": key,
                "why": why,
                "asked": asked,
                "prompt": _prompt(call),
            }
            | names
        )
        return Card(
            words["key"],
            mark_id(self._cleaner().value(plain(call))),
            share,
            words["why"],
            words["asked"],
            words["prompt"],
            tuple(words["passed"]),
            tuple(words["failed"]),
        )

    def clean(self, text: str) -> str:
        """A text without secrets."""
        return self._cleaner().text(text)

    def start(
        self,
        cards: Sequence[Card],
        *,
        drawn: Iterable[str] = (),
        seed: int,
        mix: dict[str, int],
        period_s: float | None,
        population: int,
    ) -> Session:
        """Deal a deck; return when it is on disk. Call it inside `drawing`.

        Raises:
            CorpusError: it cannot be kept.
        """
        at = record.moment(self.clock())
        name = re.sub(r"\W+", "-", self.clean(self.by)).strip("-")[:40] or "reader"
        stamp = re.sub(r"\D", "", at)[:14]
        path = self.folder / f"{stamp}-{name}-{token_hex(3)}{SUFFIX}"
        words: dict[str, Any] = {
            "process": alive.mark(),
            "seed": seed,
            "mix": mix,
            "period_s": period_s,
            "population": population,
            "cards": [_plain(card) for card in cards],
            "drawn": [self.clean(key) for key in drawn],
        }
        self._keep(path, "start", at, words)
        found = fold(path, SessionLines(path))
        if found is None:
            raise CorpusError(f"{path} is not as it was written", fix="Look at its disk.")
        return found

    def say(
        self,
        session: Session,
        card: int,
        said: Said,
        *,
        note: str | None = None,
        mark_id: str | None = None,
    ) -> None:
        """Say what a card was like; a later word about it counts instead."""
        words: dict[str, Any] = {"card": card, "said": said}
        if note:
            words["note"] = self.clean(note)
        if mark_id:
            words["mark_id"] = mark_id
        self._add(session, "verdict", words)

    def unsay(self, session: Session, card: int) -> None:
        """Take the word about a card back."""
        self._add(session, "undo", {"card": card})

    def resume(self, session: Session) -> None:
        """Hold the cards that are left again. Call it inside `drawing`."""
        self._add(session, "resume", {"process": alive.mark()})

    def end(self, session: Session) -> None:
        """Say that nobody will read the cards that are left."""
        self._add(session, "end", {})

    def _add(self, session: Session, kind: str, words: dict[str, Any]) -> None:
        at = record.moment(self.clock())
        self._keep(session.path, kind, at, words)
        who = {name: self._who[name] for name in ("by", "host")}
        heard: dict[str, Any] = {"schema": SCHEMA, "kind": kind, "at": at, **who, **words}
        session.hear(Line(**heard))

    def _keep(self, path: Path, kind: str, at: str, words: dict[str, Any]) -> None:
        head = {"schema": SCHEMA, "kind": kind, "at": at, **self._who}
        try:
            append(path, record.encode(head | words), wait_s=self._wait_s)
        except OSError as refused:
            raise CorpusError(
                f"not kept: {path}: {refused.strerror or refused}",
                fix="Make room or give yourself the right to write, then press the key again.",
            ) from refused

    def _cleaner(self) -> Cleaner:
        return Cleaner(self._rules)


def _is_read_elsewhere(session: Session, host: str) -> bool:
    """Whether another process on this host has it open: two terminals must not share a card."""
    latest = session.reads
    if latest is None or latest.host != host or latest.process == alive.mark():
        return False
    return alive.runs(latest.process)


def _prompt(call: Call) -> str:
    """`name@version`; a dash where the log names neither."""
    if not call.prompt_name and not call.prompt_version:
        return "-"
    return f"{call.prompt_name or '-'}@{call.prompt_version or '-'}"


def _plain(card: Card) -> dict[str, Any]:
    whole = {name: getattr(card, name) for name in Card.__struct_fields__}
    return {name: value for name, value in whole.items() if value not in ("", ())}
