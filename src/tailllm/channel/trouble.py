"""What can be wrong with a source, in words that hold no token and nothing a server chose to say.

TroubleError
├── DownError       nobody answers, or with an error of their own: later again
├── ThrottledError  too many requests: later, when the server says
└── DeniedError     asking this again helps nobody
    └── BarredError no request at all can work: somebody must change a token, a right, a place
"""


class TroubleError(Exception):
    """A source could not be read, or a message not be sent."""

    @property
    def why(self) -> str:
        """One sentence, without a full stop."""
        return str(self)


class DownError(TroubleError):
    """Nobody answers. Whether what was sent has arrived is not known."""


class ThrottledError(TroubleError):
    """Too many requests; this one was not obeyed."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s
        """Seconds after which to ask again, if the server says."""


class DeniedError(TroubleError):
    """Asking this again helps nobody."""


class BarredError(DeniedError):
    """The door is shut for all that is asked; what waits before it is not wrong."""
