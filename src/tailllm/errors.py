"""Every way tailllm can refuse, and the one sentence each owes the reader.

    TailllmError
    ├── UsageError       the command line asks for something we cannot do    exit 2
    │   ├── ConfigError  the config file says something we cannot obey       exit 2
    │   └── FilterError  a filter or a query makes no sense at some place    exit 2
    ├── SourceError      a path cannot be followed or read at all            exit 3
    │   └── GoneError    the bytes of a call are no longer where they were   exit 3
    └── CorpusError      a mark or a case cannot be kept safely              exit 4

Trouble inside a stream (a bad line, a rotated file, a file that vanished) is not an
error: it is a record, it is counted, and the stream goes on.
"""

from enum import IntEnum


class Exit(IntEnum):
    """What a command tells the shell, and why."""

    FINE = 0
    BAD_NEWS = 1
    """The answer is bad news: a check failed, an eval broke."""
    USAGE = 2
    UNKNOWN = 3
    """Could not tell: nothing readable, too little data."""
    NOT_KEPT = 4


class TailllmError(Exception):
    """Base of everything we raise on purpose; anything else is a bug."""

    exit_code: Exit = Exit.BAD_NEWS

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        """What the reader can do next, as an imperative sentence."""


class UsageError(TailllmError):
    """The command line or a filter asks for something we cannot do."""

    exit_code = Exit.USAGE


class ConfigError(UsageError):
    """The config file says something we cannot obey."""


class FilterError(UsageError):
    """A filter or a query makes no sense; says where."""

    def __init__(self, what: str, *, fix: str, start: int, end: int) -> None:
        super().__init__(f"{what} (character {start + 1})", fix=fix)
        self.start = start
        """Where the part that makes no sense begins, counted in characters from 0."""
        self.end = end


class SourceError(TailllmError):
    """A path cannot be followed or read at all."""

    exit_code = Exit.UNKNOWN


class GoneError(SourceError):
    """The bytes of a call are no longer where they were written."""


class CorpusError(TailllmError):
    """A mark or a case cannot be kept safely."""

    exit_code = Exit.NOT_KEPT
