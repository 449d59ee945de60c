"""The processes of Python validators: one for each function, however many validators name it."""

from typing import Any

from tailllm.config.graders import PydanticSpec
from tailllm.config.specs import PythonSpec
from tailllm.validators.child import Child
from tailllm.validators.verdict import Verdict


class Children:
    """Started when first asked; one thread at a time."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str, float, str], Child] = {}

    def ask(self, spec: PythonSpec, call: dict[str, Any]) -> Verdict:
        """What the function or model of the spec says about a canonical call."""
        form = _form(spec)
        place = (spec.call, spec.folder, spec.timeout_ms, form)
        if place not in self._running:
            self._running[place] = Child(
                spec.call, folder=spec.folder, timeout_s=spec.timeout_ms / 1000, form=form
            )
        return _said(self._running[place].ask(call))

    def close(self) -> None:
        """End them all."""
        for child in self._running.values():
            child.close()


def _form(spec: PythonSpec) -> str:
    if not isinstance(spec, PydanticSpec):
        return "function"
    return "fenced_model" if spec.fences else "model"


def _said(answer: dict[str, Any]) -> Verdict:
    passed = answer.get("passed")
    why = answer.get("why")
    if passed is not True and not why:
        why = "the function gave no reason"
    return Verdict(passed, why, answer.get("label"), answer.get("score"))
