"""Brambleway's own validators, as its service runs them before it logs a call.

They look at the text that was generated, so a verdict in the log is true of the answer
beside it.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from tailllm.demo.company import INTENTS

MAX_REPLY = 480
"""Characters a chat bubble shows without scrolling."""

_PERSONAL = re.compile(r"[\w.]+@[\w.]+\.\w+|\+\d[\d ]{8,}\d")
_FACT = re.compile(r"BW-\d{5}|\d+\.\d\d|(?:Mon|Tues|Wednes|Thurs|Fri)day")

Check = dict[str, Any]


def _check(name: str, why: str | None) -> Check:
    return {"name": name, "ok": why is None, "why": why}


def json_schema(text: str) -> Check:
    """The answer is a JSON object and its intent one of four words."""
    try:
        answer = json.loads(text)
    except ValueError:
        return _check("json_schema", "the answer is not JSON")
    if not isinstance(answer, dict):
        return _check("json_schema", "the answer is no object")
    intent = answer.get("intent")
    wrong = None if intent in INTENTS else f'intent "{intent}" not in [{", ".join(INTENTS)}]'
    return _check("json_schema", wrong)


def no_pii(text: str) -> Check:
    """Nobody's email or phone number is in the answer."""
    found = _PERSONAL.search(text)
    return _check("no_pii", f"personal data at character {found.start()}" if found else None)


def max_length(text: str) -> Check:
    """The answer fits the chat bubble."""
    return _check("max_length", f"{len(text)} > {MAX_REPLY}" if len(text) > MAX_REPLY else None)


def grounded(text: str, seen: Sequence[dict[str, Any]]) -> Check:
    """Every order, price and weekday in the answer stands in what the model was given."""
    given = " ".join(str(message.get("content")) for message in seen)
    invented = [fact for fact in _FACT.findall(text) if fact not in given]
    return _check("grounded", f"{invented[0]} is not in the context" if invented else None)


def _shown(text: str) -> str:
    """The part of an answer that the customer reads."""
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    return str(answer.get("reply", text)) if isinstance(answer, dict) else text


def verdicts(prompt: str, text: str, seen: Sequence[dict[str, Any]]) -> list[Check]:
    """The checks that this prompt's answers go through."""
    if prompt == "route":
        return [json_schema(text)]
    shown = _shown(text)
    if prompt == "summary":
        return [no_pii(shown), max_length(shown)]
    return [json_schema(text), no_pii(shown), grounded(shown, seen), max_length(shown)]
