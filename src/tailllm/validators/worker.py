"""The process in which somebody's own validator runs: JSON lines in, JSON lines out.

Started as `python -P worker.py module:function SECONDS FORM`, with the folder of the function as
its working folder; it imports nothing of tailllm. The first line out says whether the function
was found.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from math import isfinite
from typing import Any, TextIO

GRACE_S = 5.0
"""Seconds past the deadline after which the kernel ends us, should nobody be left to do it."""


def main(name: str, timeout_s: float, form: str) -> None:
    """Answer calls until stdin ends."""
    answers = _private_stdout()
    sys.path.insert(0, os.getcwd())
    try:
        function = _find(name)
        if form != "function":
            function = _accepts(function, fenced=form == "fenced_model")
    except BaseException as error:  # noqa: BLE001 -- importing somebody's module may raise anything
        _say(answers, {"ready": False, "why": _sentence(error)})
        return
    _say(answers, {"ready": True})
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_REAL, timeout_s + GRACE_S)
        answer = _judge(function, line)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(answers, answer)


def _private_stdout() -> TextIO:
    """The pipe to our parent, out of the reach of a `print` in the function."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _find(name: str) -> Callable[[dict[str, Any]], Any]:
    module, _, path = name.partition(":")
    found: Any = import_module(module)
    for step in path.split("."):
        found = getattr(found, step)
    if not callable(found):
        msg = f"{name} cannot be called"
        raise TypeError(msg)
    return found  # type: ignore[no-any-return]


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


def _judge(function: Callable[[dict[str, Any]], Any], line: bytes) -> dict[str, Any]:
    try:
        return _answer(function(json.loads(line)))
    except BaseException as error:  # noqa: BLE001 -- somebody's function may raise anything
        return {"passed": None, "why": _sentence(error)}


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


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
