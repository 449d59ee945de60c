"""What somebody pasted about a strange answer, read as well as it can be read.

A transcript, JSON of any usual shape, or words: whoever saw it is no engineer and will not
fill in a form.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tailllm.records.call import Call, Message, MessagePart

ROLES = {
    "user": "user", "customer": "user", "client": "user", "human": "user", "visitor": "user",
    "me": "user", "question": "user", "q": "user", "assistant": "assistant", "bot": "assistant",
    "ai": "assistant", "agent": "assistant", "model": "assistant", "reply": "assistant",
    "answer": "assistant", "support": "assistant", "a": "assistant", "system": "system",
    "tool": "tool",
}  # fmt: skip
"""Words people write before a colon, and whose turn that is."""

_SPEAKER = re.compile(
    rf"^[\s>*_]*({'|'.join(sorted(ROLES, key=len, reverse=True))})[*_]*\s*:[*_]*\s?(.*)$", re.I
)
_WORD = re.compile(r"[\w:.-]+")
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_ASKED = ("input", "prompt", "question", "query")
_ANSWERED = ("answer", "output", "response", "completion", "reply")
_NAMES = {
    "reporter": ("reporter", "reported_by", "author", "from"),
    "link": ("link", "permalink", "url", "html_url"),
    "note": ("note", "why", "comment", "feedback", "title"),
    "user": ("user_id", "customer_id", "user"),
    "at": ("at", "ts", "time", "timestamp", "created_at"),
}
LONGEST_NOTE = 2_000
"""Characters of something nobody understands that are kept as words."""
SHORTEST_ID = 6
"""Characters; shorter words with a digit are numbers of orders and prices."""


class Dropped(NamedTuple):
    """A report before anybody has looked for its call."""

    messages: tuple[Message, ...] = ()
    """What was asked, as far as the text says; empty when it only tells about it."""
    answer: str | None = None
    note: str | None = None
    reporter: str | None = None
    link: str | None = None
    user: str | None = None
    at: float | None = None
    """Seconds since the epoch."""
    ids: tuple[str, ...] = ()
    """Words that could be the id of a call."""

    @property
    def question(self) -> str:
        """What the user wrote last."""
        said = [message.text for message in self.messages if message.role == "user"]
        return said[-1] if said else self.note or ""

    def call(self) -> Call:
        """The report as a call, for when no logged one is found."""
        said = json.dumps([m.model_dump() for m in self.messages] + [self.answer, self.note])
        answer = () if self.answer is None else (_message("assistant", self.answer),)
        return Call(
            key=f"report:{hashlib.sha256(said.encode()).hexdigest()[:16]}",
            format="report",
            input_messages=self.messages or None,
            output_messages=answer or None,
            output_text=self.answer,
            content="partial" if self.messages else "absent",
            user_id=self.user,
            # Two reports that hold no turn are two items: their words tell them apart.
            metadata=None if self.messages else {"said": self.note},
        )


def read(text: str) -> Dropped:
    """Understand what can be understood; nothing is refused."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    found = _from_json(value) if isinstance(value, dict | list) else _from_text(text)
    if not found.messages and not found.answer and not found.note:
        found = found._replace(note=text.strip()[:LONGEST_NOTE] or None)
    words = (word.strip(".:-") for word in _WORD.findall(text))
    ids = (word for word in words if len(word) >= SHORTEST_ID and _DIGIT.search(word))
    said = _TIME.search(text)
    at = found.at if found.at is not None else moment(said[0]) if said else None
    return found._replace(ids=tuple(dict.fromkeys(ids)), at=at)


def _from_text(text: str) -> Dropped:
    """Turns where somebody wrote `Customer:` and `Bot:`, else quoted lines, else words."""
    turns = list(_turns(text))
    note = "\n".join(line for role, line in turns if not role).strip() or None
    spoken: list[tuple[str, str]] = []
    for role, line in turns:
        if role and not (spoken and spoken[-1][0] == role):
            spoken.append((role, line))
        elif role:
            spoken[-1] = (role, f"{spoken[-1][1]}\n{line}")
    return _spoken([(role, said.strip()) for role, said in spoken], note)


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Role and text of each line; no role for words around the transcript."""
    role = ""
    for line in text.splitlines():
        speaker = _SPEAKER.match(line)
        if speaker:
            role = ROLES[speaker[1].lower()]
            yield role, speaker[2]
        elif not role and line.lstrip().startswith(">"):
            yield "user", line.lstrip()[1:].strip()
        else:
            yield role, line


def _from_json(value: Any) -> Dropped:
    if isinstance(value, list):
        return _spoken(list(_listed(value)), None)
    words = {name: _first(value, names) for name, names in _NAMES.items()}
    note, at = words.pop("note"), moment(words.pop("at"))
    turns = list(_listed(value.get("messages") or value.get("input_messages") or ()))
    if not turns and isinstance(asked := _first(value, _ASKED), str):
        turns = [("user", asked)]
    if not turns and isinstance(value.get("text"), str):
        return _from_text(value["text"])._replace(at=at, **words)
    answer = _first(value, _ANSWERED)
    if isinstance(answer, str):
        turns.append(("assistant", answer))
    return _spoken(turns, note)._replace(at=at, **words)


def _listed(messages: Any) -> Iterator[tuple[str, str]]:
    for message in messages if isinstance(messages, list | tuple) else ():
        if not isinstance(message, Mapping):
            continue
        content = message.get("content", message.get("parts", ""))
        if isinstance(content, list):
            parts = (p.get("text", p.get("content")) for p in content if isinstance(p, Mapping))
            content = "".join(part for part in parts if isinstance(part, str))
        role = str(message.get("role", "user")).lower()
        yield ROLES.get(role, role), str(content or "")


def _spoken(turns: list[tuple[str, str]], note: str | None) -> Dropped:
    answer = None
    if turns and turns[-1][0] == "assistant":
        answer = turns.pop()[1]
    return Dropped(tuple(_message(role, said) for role, said in turns), answer, note)


def _message(role: str, text: str) -> Message:
    return Message(role=role, parts=(MessagePart(type="text", content=text),))


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    found = (value.get(name) for name in names)
    return next((str(each) for each in found if isinstance(each, str | int | float) and each), None)


def moment(text: str | None) -> float | None:
    """ISO time or seconds since the epoch, as Slack writes them."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        pass
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds / 1000 if seconds > 1e11 else seconds
