"""Tells reporters what became of what they reported, each in the thread it came from."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tailllm.channel.ledger import Step, Story
from tailllm.channel.outbox import Outbox, message_id
from tailllm.channel.outgoing import Message
from tailllm.channel.places import Places
from tailllm.channel.words import told
from tailllm.errors import TailllmError

if TYPE_CHECKING:
    from tailllm.config.model import Config

GIVE_UP = 3
"""Messages in a row that a channel does not take before the round leaves it alone."""


class Sent(NamedTuple):
    """What a round told."""

    sent: int = 0
    later: int = 0
    """Tried in vain; tried again by a later round."""
    parked: int = 0
    """Nobody will try again: the place refuses."""
    waiting: int = 0
    """Not tried: what comes before, or the whole channel, did not work."""
    trouble: tuple[str, ...] = ()


class Telling:
    """One round of it."""

    def __init__(self, config: "Config", outbox: Outbox, places: Places) -> None:
        self._words = config.sync.words
        self._outbox = outbox
        self._places = places
        self._failed: dict[str, int] = {}
        """Messages in a row that a channel did not take."""
        self._held: set[str] = set()
        """Reports of which an earlier message did not go out: order is kept."""
        self._counts = {"sent": 0, "later": 0, "parked": 0, "waiting": 0}
        self._trouble: dict[str, None] = {}

    def tell(self, stories: Iterable[Story]) -> Sent:
        """Send all that is due.

        Raises:
            CorpusError: The disk refuses what would have to be noted.
        """
        self._outbox.read()
        silent: list[Step] = []
        for story, step in list(self._outbox.due(stories)):
            name = story.first.channel
            message = self._message(story, step) if self._places.tells(name) else None
            if message is not None:
                self._one(name, message)
            elif self._places.answers(name):
                silent.append(step)
        self._outbox.silence(silent)
        return Sent(**self._counts, trouble=tuple(self._trouble))

    def _one(self, name: str, message: Message) -> None:
        if message.report in self._held or self._failed.get(name, 0) >= GIVE_UP:
            self._counts["waiting"] += 1
            return
        try:
            sender = self._places.sender(name)
        except TailllmError as error:
            self._failed[name] = GIVE_UP
            self._trouble[f"{name}: {error}"] = None
            self._counts["waiting"] += 1
            return
        done = self._outbox.send(message, sender)
        self._counts[done.state] += 1
        if done.why:
            self._trouble[f"{name}: {done.why}"] = None
        if done.state == "later":
            self._held.add(message.report)
        self._failed[name] = self._failed.get(name, 0) + 1 if done.state == "later" else 0

    def _message(self, story: Story, step: Step) -> Message | None:
        """None where the config wants nothing said."""
        if step.kind == "received":
            return Message(message_id(step), story.id, step.kind)
        words = told(self._words, story, step, self._places.escape(story.first.channel))
        return Message(message_id(step), story.id, step.kind, words) if words else None
