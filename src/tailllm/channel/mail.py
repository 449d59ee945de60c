"""A mail folder as a source: a maildir, or a file in mbox form; only read."""

import html
import mailbox
import re
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tailllm.channel.report import LONGEST, Known, Page, Report, again, links
from tailllm.channel.trouble import DeniedError
from tailllm.config.channels import MailChannel

MAX_BYTES = 8 << 20
"""Of a message; what is longer has pictures in it, and its words are in the first part."""
_HIDDEN = re.compile(r"(?i)<(?:script|style)\b")
_SHOWN = re.compile(r"(?i)</(?:script|style)\b")


class MailSource:
    """One mail folder."""

    def __init__(self, spec: MailChannel) -> None:
        self.path = Path(spec.path)
        self.name = f"mail:{self.path.name}"

    def read(self, place: Mapping[str, Any], known: Known) -> Iterator[Page]:
        """Every message that is not known, in the order it stands in.

        Raises:
            TroubleError: The folder cannot be read.
        """
        stamp = self._stamp()
        if stamp and stamp == place.get("stamp"):
            return
        try:
            found = list(self._all(known))
        except (OSError, mailbox.Error) as error:
            raise DeniedError(_cannot(self.path, error)) from None
        found.sort(key=lambda report: report.at or 0.0)
        yield Page(tuple(found), {"stamp": stamp} if stamp else None)

    def _stamp(self) -> list[int] | None:
        """Of an mbox: another one when it has grown. A maildir is a list of names anyway."""
        try:
            found = self.path.stat()
        except OSError as error:
            raise DeniedError(_cannot(self.path, error)) from None
        return None if self.path.is_dir() else [found.st_size, found.st_mtime_ns, found.st_ino]

    def _all(self, known: Known) -> Iterator[Report]:
        if not self.path.is_dir():
            for content in _mbox(self.path):
                digest = sha256(content).hexdigest()[:24]
                yield _report(f"mail:{digest}", content)
            return
        for folder in ("cur", "new"):
            for path in sorted((self.path / folder).iterdir()):
                own = sha256(path.name.partition(":")[0].encode("utf-8", "replace"))
                given = f"mail:{own.hexdigest()[:24]}"
                if given in known.ids:
                    yield again(given, "mail")
                elif path.is_file() and not path.name.startswith("."):
                    with path.open("rb") as file:
                        yield _report(given, file.read(MAX_BYTES))


def _mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)[:MAX_BYTES]
    finally:
        box.close()


def _report(given: str, content: bytes) -> Report:
    message = BytesParser(policy=default).parsebytes(content)
    assert isinstance(message, EmailMessage)  # noqa: S101 -- what this policy makes
    name, address = parseaddr(_header(message, "From"))
    text = f"{_header(message, 'Subject')}\n\n{_body(message)}".strip()[:LONGEST]
    return Report(
        id=given,
        source="mail",
        author=name or address,
        author_id=address,
        text=text,
        links=links(text),
        at=_moment(_header(message, "Date")),
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; what nobody can decode is left as it came."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # noqa: BLE001 -- the parser of headers raises whatever a header makes it
        return ""


def _body(message: EmailMessage) -> str:
    """The words of a message: its plain part, else its page without tags."""
    try:
        part = message.get_body(("plain", "html"))
        said = part.get_content() if part is not None else ""
    except Exception:  # noqa: BLE001 -- a charset nobody knows, a part that is broken off
        payload = message.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part is not None and part.get_content_type() == "text/html":
        said = html.unescape(" ".join(_between_tags(str(said))))
    return str(said)


def _between_tags(page: str) -> Iterator[str]:
    """The words of a page, without those of scripts and styles; what is cut off ends it."""
    place = 0
    while (start := page.find("<", place)) >= 0:
        yield page[place:start]
        hidden = _HIDDEN.match(page, start)
        shown = _SHOWN.search(page, start) if hidden else None
        if hidden and shown is None:
            return
        end = page.find(">", shown.start() if shown else start)
        if end < 0:
            return
        place = end + 1
    yield page[place:]


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _cannot(path: Path, error: Exception) -> str:
    return f"{path} cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
