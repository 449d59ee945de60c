"""From an item of the inbox to a case that runs, without a further word from anybody."""

import json
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from tailllm.corpus.case import Case, Expect, Observed, Provenance, content_id
from tailllm.corpus.case_file import case_id
from tailllm.corpus.inbox_lines import Line
from tailllm.corpus.interaction import Interaction, interaction, spelled_out, user_text
from tailllm.corpus.items import Item
from tailllm.corpus.record import KeptCall
from tailllm.errors import CorpusError

TITLE = 72
"""Characters of a title: it must fit one line of a report."""
NO_PROMPT = "default"
"""Target of a call whose log names no prompt."""

_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:=|equals:?)\s+(?P<value>.+)", "equals"),
    (r"contains:?\s+(?P<value>.+)", "contains"),
    (r"not contains:?\s+(?P<value>.+)", "not_contains"),
    (r"matches:?\s+/(?P<pattern>.+)/", "regex"),
    (r"calls:?\s+(?P<tool>[\w.-]+)(?:\(\))?", "tool_call"),
    (r"(?P<path>[A-Za-z_][\w.\[\]]*)\s*=\s*(?P<value>.+)", "jmespath"),
)
"""Short forms of an expected answer that need no judge."""


def build(
    item: Item,
    kept: KeptCall,
    *,
    by: str,
    validators: Collection[str],
    title: str | None = None,
    target: str | None = None,
    redacted: Sequence[str] = (),
) -> Case:
    """The case an item becomes.

    Args:
        item: With labels and expected answer as they stand.
        kept: Its content, secrets already gone.
        by: Who accepts.
        validators: Names the config knows: only those can run again.
        title: Instead of the note, or the first words of the question.
        target: Instead of the call's prompt name.
        redacted: Rules that found secrets on the way in.

    Raises:
        CorpusError: the item holds nothing a model could be asked.
    """
    seen = interaction(kept.call)
    if not user_text(seen.messages).strip() and not any(m.content for m in seen.messages):
        raise CorpusError(
            "nothing in this item could be asked again: it holds no message",
            fix="Find its logged call with `tailllm inbox add --log PATH`, or dismiss it.",
        )
    heading = title or _title(item.note or user_text(seen.messages) or seen.messages[-1].content)
    case = Case(
        id=case_id(heading, content_id(seen.messages, seen.tools)),
        title=heading,
        target=target or kept.call.prompt_name or NO_PROMPT,
        tags=item.labels,
        status="draft" if seen.lacks else "active",
        source=_source(item, kept, by, redacted),
        messages=seen.messages,
        tools=seen.tools,
        expect=tuple(_checks(item, seen, validators)),
        run={"parameters": seen.parameters},
        observed=seen.observed if seen.observed != Observed() else None,
    )
    return Case.model_validate(spelled_out(case.model_dump(by_alias=True)))


def expectation(words: str) -> Expect:
    """What somebody wrote about the right answer, as a check; free words need a judge.

    Short forms: `= text`, `contains text`, `not contains text`, `matches /regex/`,
    `calls tool`, and `path = value` for JSON answers.
    """
    for pattern, type_ in _WORDS:
        found = re.fullmatch(pattern, words.strip(), re.DOTALL)
        if found:
            given: dict[str, Any] = found.groupdict()
            if type_ == "jmespath":
                given["value"] = _literal(given["value"])
            return Expect(type=type_, **given)
    return Expect(type="rubric", text=words)


def _checks(item: Item, seen: Interaction, validators: Collection[str]) -> list[Expect]:
    checks = [
        Expect(type="validator", name=name) for name in seen.observed.failed if name in validators
    ]
    if item.expected:
        checks.append(expectation(item.expected))
    said_something = seen.observed.content.strip() or seen.observed.tool_calls
    checks.append(Expect(type="not_observed" if said_something else "not_empty"))
    return checks


def _literal(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return text.strip() if value is None else value


def _title(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= TITLE:
        return line
    return line[:TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _source(item: Item, kept: KeptCall, by: str, redacted: Sequence[str]) -> Provenance:
    reports = [line for line in item.said if isinstance(line, Line) and line.kind == "report"]
    marked = [voice.who for voice in item.voices if voice.source == "mark"]
    seen_at = kept.call.start_time or datetime.fromtimestamp(round(item.at, 3), UTC)
    return Provenance(
        kind=item.source,
        call=kept.call.key or None,
        log=next(iter(kept.paths.values()), None),
        seen_at=seen_at,
        reported_by=", ".join(dict.fromkeys(line.reporter or line.by for line in reports)) or None,
        permalink=next((line.link for line in reports if line.link), None),
        marked_by=", ".join(dict.fromkeys(marked)) or None,
        accepted_by=by,
        item=item.mark_id,
        redacted=tuple(redacted),
        why=item.note,
    )
