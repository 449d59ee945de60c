"""What is still to be told, and what was: `outbox.jsonl`, a line before and after each try.

A message has one id at every try and carries it along. Before a second try the thread is
looked through for it, so a try that was cut off and arrived is not repeated.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import msgspec

from tailllm.channel.ledger import TOLD, Step, Story
from tailllm.channel.log import Log
from tailllm.channel.outgoing import Message, Sender
from tailllm.channel.trouble import BarredError, DeniedError, ThrottledError, TroubleError
from tailllm.corpus.record import moment, seconds

NAME: Final = "outbox.jsonl"
State = Literal["pending", "sent", "later", "parked", "silent"]
LONGEST_S: Final = 6 * 3_600.0
"""Between two tries; also what a clock that was set back can cost."""
FIRST_S: Final = 30.0


class Try(msgspec.Struct, omit_defaults=True):
    """What happened to a message at one time."""

    message: str
    report: str
    kind: str
    """The step it tells."""
    state: State
    """pending: about to be sent. later: tried in vain. parked: nobody will try again. silent:
    the config wanted nothing said when it would have been told."""
    at: str
    attempt: int = 1
    until: str = ""
    """Of later: not before."""
    why: str = ""


class Outbox:
    """The messages of one corpus folder."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.log = Log(folder / NAME, Try)
        self._clock = clock
        self._last: dict[str, Try] = {}

    def read(self) -> dict[str, Try]:
        """The last try of every message by its id.

        Raises:
            CorpusError: The file is there and cannot be read.
        """
        self._last = {}
        for line in self.log.read():
            known = self._last.get(line.message)
            if known is None or known.state != "sent":  # a merge may have turned the order
                self._last[line.message] = line
        return self._last

    def due(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Step]]:
        """What is to be told now, for each report in the order it happened.

        A message that must wait keeps back those after it; one that is parked does not.
        """
        now = self._clock()
        for story in stories:
            for step in story.steps:
                if step.kind != "received" and step.kind not in TOLD:
                    continue
                last = self._last.get(message_id(step))
                if last and last.state in ("sent", "parked", "silent"):
                    continue
                if last and last.state == "later" and now < _until(last, now):
                    break
                if story.is_withdrawn:
                    break
                yield story, step

    def send(self, message: Message, sender: Sender) -> Try:
        """Try once; what came of it is on disk on return.

        Raises:
            CorpusError: The disk refuses; nothing is sent that could not be noted before.
        """
        last = self._last.get(message.id)
        attempt = last.attempt + 1 if last else 1
        self._note(message, "pending", attempt)
        try:
            if last is None or not sender.is_there(message):
                sender.send(message)
        except BarredError as error:
            until = moment(self._clock() + pause_s(attempt))
            return self._note(message, "later", attempt, until=until, why=error.why)
        except DeniedError as error:
            return self._note(message, "parked", attempt, why=error.why)
        except TroubleError as error:
            wait_s = error.after_s if isinstance(error, ThrottledError) else None
            until = moment(self._clock() + (pause_s(attempt) if wait_s is None else wait_s))
            return self._note(message, "later", attempt, until=until, why=error.why)
        return self._note(message, "sent", attempt)

    def silence(self, steps: Iterable[Step]) -> None:
        """Note that these are not told: a template that is filled later tells no old news."""
        at = moment(self._clock())
        lines = [Try(message_id(step), step.report, step.kind, "silent", at) for step in steps]
        self.log.add(lines)
        self._last |= {line.message: line for line in lines}

    def _note(
        self, message: Message, state: State, attempt: int, *, until: str = "", why: str = ""
    ) -> Try:
        at = moment(self._clock())
        line = Try(message.id, message.report, message.kind, state, at, attempt, until, why)
        self.log.add([line])
        self._last[message.id] = line
        return line


def message_id(step: Step) -> str:
    """The same for the same news, on whatever host and however often it is noted."""
    words = (step.report, step.kind, step.case, step.why, step.run)
    return sha256("\0".join(("tailllm message 1", *words)).encode("utf-8", "replace")).hexdigest()[
        :32
    ]


def pause_s(attempt: int) -> float:
    """Seconds before the next try: longer each time, and never the same for two hosts."""
    most = min(LONGEST_S, FIRST_S * 2 ** min(attempt, 20))
    return random.uniform(FIRST_S / 2, most)  # noqa: S311 -- no secret


def _until(last: Try, now: float) -> float:
    """Until when it waits; a clock that was set back does not make it wait for ever."""
    until = seconds(last.until)
    return until if until - now <= LONGEST_S else 0.0


def told(story: Story, last: Mapping[str, Try]) -> str:
    """Whether its reporter knows how it stands: seen | told | not yet | parked | silent | -."""
    steps = [step for step in story.steps if step.kind in TOLD]
    if not steps:
        steps = [story.first]
    found = last.get(message_id(steps[-1]))
    if found is None:
        first = story.first
        return "not yet" if first.channel and first.source in ("slack", "github") else "-"
    if found.state == "sent":
        return "told" if steps[-1].kind != "received" else "seen"
    return found.state if found.state in ("parked", "silent") else "not yet"
