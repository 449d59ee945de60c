"""The part of a child process in which somebody's own validator judges.

Run by `child_side.py` with SECONDS and FORM behind the function's name.
"""

import json
import signal
import sys
from collections.abc import Callable
from math import isfinite
from typing import Any

GRACE_S = 5.0
"""Seconds past the deadline after which the kernel ends us, should nobody be left to do it."""

Function = Callable[[dict[str, Any]], Any]
Say = Callable[[dict[str, Any]], None]
Sentence = Callable[[BaseException], str]


def prepared(function: Function, timeout_s: str, form: str) -> Callable[[Say, Sentence], None]:
    """What judges calls until stdin ends."""
    if form != "function":
        function = _accepts(function, fenced=form == "fenced_model")
    limit_s = float(timeout_s) + GRACE_S

    def serve(say: Say, sentence: Sentence) -> None:
        for line in sys.stdin.buffer:
            signal.setitimer(signal.ITIMER_REAL, limit_s)
            answer = _judge(function, line, sentence)
            signal.setitimer(signal.ITIMER_REAL, 0)
            say(answer)

    return serve


def _accepts(model: Any, *, fenced: bool) -> Callable[[dict[str, Any]], Any]:
    """A function that says whether a pydantic model accepts the text of the answer."""
    validate = model.model_validate_json

    def judge(call: dict[str, Any]) -> Any:
        text = call.get("output_text") or ""
        try:
            validate(_inside(text) if fenced else text)
        except ValueError as error:
            return (False, _first_of(error))
        return True

    return judge


def _inside(text: str) -> str:
    body = text.strip()
    if not (body.startswith("```") and body.endswith("```") and "\n" in body):
        return text
    return body.partition("\n")[2].removesuffix("```")


def _first_of(error: ValueError) -> str:
    """The first thing wrong, by field; a pydantic error tells, others only have words."""
    found = error.errors() if hasattr(error, "errors") else []
    if not found:
        return str(error)
    where = ".".join(str(step) for step in found[0]["loc"])
    return f"{where + ': ' if where else ''}{found[0]['msg']}"


def _judge(function: Function, line: bytes, sentence: Sentence) -> dict[str, Any]:
    try:
        return _answer(function(json.loads(line)))
    except BaseException as error:  # noqa: BLE001 -- somebody's function may raise anything
        return {"passed": None, "why": sentence(error)}


def _answer(said: Any) -> dict[str, Any]:
    """The documented forms of an answer; any other is no decision."""
    if isinstance(said, bool):
        return {"passed": said}
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[0], bool | None):
        return {"passed": said[0], "why": None if said[1] is None else str(said[1])}
    if isinstance(said, dict) and isinstance(said.get("passed"), bool | None):
        return _from_dict(said)
    return {"passed": None, "why": f"answered {type(said).__name__}, not True or False"}


def _from_dict(said: dict[str, Any]) -> dict[str, Any]:
    why = said.get("explanation", said.get("reason"))
    label, score = said.get("label"), said.get("score")
    return {
        "passed": said.get("passed"),
        "why": None if why is None else str(why),
        "label": None if label is None else str(label),
        "score": _number(score),
    }


def _number(score: Any) -> float | None:
    return float(score) if isinstance(score, int | float) and isfinite(score) else None
