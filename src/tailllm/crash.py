"""A bug of ours, said without a word of what was being read.

The message of an error and the values around it may quote a prompt or a key, so a report
has the kinds of the errors and the places in the code, and nothing else.
"""

import sys
import threading
from contextlib import suppress
from os.path import basename
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traceback import StackSummary
    from types import TracebackType

EXIT_CODE = 70
"""What sysexits.h calls an error in the program; 1 would say that a check failed."""
PLEA = "This is a bug in tailllm. Nothing of a log is quoted above, so please report it."


def report(error: BaseException) -> str:
    """Where it broke, innermost place last, and the kinds of the errors that led there."""
    from tailllm import ink

    lines = [_kind(error)]
    lines += [
        f"  {ink.line(place.filename)}:{place.lineno} in {ink.line(place.name)}"
        for place in _places(error)
    ]
    cause = error.__cause__ or error.__context__
    if cause is not None and cause is not error:
        lines += ["because of", report(cause)] if cause.__cause__ is not error else []
    return "\n".join(lines)


def sentence(error: BaseException) -> str:
    """The same in one row, for a place where there is no room."""
    from tailllm import ink

    places = _places(error)
    where = f" at {basename(places[-1].filename)}:{places[-1].lineno}" if places else ""
    return f"{_kind(error)}{ink.line(where)}"


def watch() -> None:
    """Report what nobody catches, here and in every thread, in this way."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _tell(args.exc_value) if args.exc_value else None


def _uncaught(
    _kind: type[BaseException], error: BaseException, _trace: "TracebackType | None"
) -> None:
    _tell(error)


def _tell(error: BaseException) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{report(error)}\n{PLEA}\n")
        sys.stderr.flush()


def _kind(error: BaseException) -> str:
    """Its class; for the system's own errors also their number's meaning, which quotes nothing."""
    from tailllm import ink

    name = ink.line(type(error).__qualname__)
    meaning = error.strerror if isinstance(error, OSError) else None
    return f"{name} ({ink.line(str(meaning))})" if meaning else name


def _places(error: BaseException) -> "StackSummary":
    import traceback  # with what it needs a tenth of a command's start; most never break

    return traceback.extract_tb(error.__traceback__)
