"""A drop folder as a source: each text or JSON file in it is a report; only read."""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from tailllm.channel.report import LONGEST, Known, Page, Report, links
from tailllm.channel.trouble import DeniedError
from tailllm.config.channels import FolderChannel

SETTLE_S = 1.0
"""A file that changed just now may be half written; the next sync takes it."""
MAX_BYTES = 1 << 20
_UNFINISHED = (".tmp", ".part", ".swp", "~")


class FolderSource:
    """One folder."""

    def __init__(self, spec: FolderChannel) -> None:
        self.path = Path(spec.path)
        self.name = f"folder:{self.path.name}"

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Every file whose content is not known, the oldest first.

        Raises:
            TroubleError: The folder cannot be read.
        """
        try:
            paths = sorted(self.path.iterdir())
        except OSError as error:
            raise DeniedError(f"{self.path} cannot be read: {error.strerror}") from None
        found = [report for path in paths if (report := _report(path)) is not None]
        yield Page(tuple(sorted(found, key=lambda report: report.at or 0.0)))


def _report(path: Path) -> Report | None:
    """The report in a file; None for what is no file, or not one yet."""
    if path.name.startswith(".") or path.name.endswith(_UNFINISHED):
        return None
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or time.time() - found.st_mtime < SETTLE_S:
            return None
        content = os.read(file, MAX_BYTES)
    finally:
        os.close(file)
    name = path.name.encode("utf-8", "surrogateescape")
    text = content.decode("utf-8", "replace")[:LONGEST]
    if not text.strip():
        return None
    digest = sha256(name + b"\0" + content).hexdigest()[:24]
    return Report(
        id=f"folder:{digest}",
        source="folder",
        author=_owner(found.st_uid),
        text=text,
        links=links(text),
        at=found.st_mtime,
    )


def _owner(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
