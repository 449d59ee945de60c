"""A message to a reporter, before it is known where it goes."""

from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """One message; its id is the same at every try."""

    id: str
    report: str
    """Where it goes follows from this id and the config, from nothing else."""
    kind: str
    """The step it tells; received: a reaction and no words."""
    text: str = ""


class Sender(Protocol):
    """Sends into the thread a report came from."""

    def send(self, message: Message) -> None:
        """Send it.

        Raises:
            TroubleError: It was not sent, or nobody knows whether it was.
        """

    def is_there(self, message: Message) -> bool:
        """Whether an earlier try has arrived after all.

        Raises:
            TroubleError: Nobody knows.
        """
