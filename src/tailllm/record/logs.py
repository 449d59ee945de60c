"""A handler of `logging`, for services that already log their calls there."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tailllm.record.plain import call
from tailllm.record.writer import journal


class Handler(logging.Handler):
    """Writes log records that carry a call, and no others.

        logger.info("answered", extra={"call": {"model": …, "messages": …, "output": …}})

    The mapping under `call` holds the arguments of `tailllm.record.call`. An exception of
    the log record becomes the call's error.

    Args:
        filename: The file; named as in `logging.FileHandler`, for `dictConfig`.
        options: For the journal: `rotate`, `redact`, `checks`.
    """

    def __init__(self, filename: str | Path, level: int = logging.NOTSET, **options: Any) -> None:
        super().__init__(level)
        self._journal = journal(filename, **options)

    def emit(self, record: logging.LogRecord) -> None:
        """Record the call, if there is one."""
        told = getattr(record, "call", None)
        if not isinstance(told, Mapping):
            return
        fields = {str(name): value for name, value in told.items()}
        if record.exc_info and record.exc_info[1] is not None:
            fields.setdefault("error", record.exc_info[1])
        if "started" not in fields:
            fields["started"] = record.created - (fields.get("ms") or 0) / 1000
        try:
            call(self._journal, **fields)
        except TypeError:
            self._journal.lose("a log record's call is not one")

    def flush(self) -> None:
        """Nothing waits here; `tailllm.record.flush` waits for the file."""
