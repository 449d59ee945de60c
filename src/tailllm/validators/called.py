"""Which tools an answer calls, with which arguments, in which order."""

import json
from typing import Any

from tailllm.config.graders import NotToolCallSpec, ToolCallSpec
from tailllm.records.part import Fields
from tailllm.validators.answer import has_answer, shows_all
from tailllm.validators.shapes import parse
from tailllm.validators.texts import quote
from tailllm.validators.verdict import PASSED, Judge, Verdict, failed

Called = tuple[str, Any]
"""Name and arguments; None for arguments that are no JSON."""


def tool_call(spec: ToolCallSpec) -> Judge:
    """The tool is called with these arguments, and the order holds."""

    def judge(call: Fields) -> Verdict | None:
        called = _called(call)
        if called is None:
            return None
        if spec.tool is not None:
            verdict = _with_arguments(spec.tool, spec.arguments, called)
            if not verdict.passed:
                return verdict
        return _in_order(spec.order, [name for name, _ in called])

    return judge


def not_tool_call(spec: NotToolCallSpec) -> Judge:
    """The tool is not called, or not with these arguments."""

    def judge(call: Fields) -> Verdict | None:
        called = _called(call)
        if called is None:
            return None
        for name, arguments in called:
            if spec.tool in {None, name} and holds(arguments, spec.arguments):
                return failed(f"calls {name}({_short(arguments)})")
        return PASSED

    return judge


def holds(value: Any, wanted: Any) -> bool:
    """Whether `wanted` is a part of `value`: tables may have more keys, all else is equal."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and holds(value[name], part) for name, part in wanted.items()
        )
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        return list(value) == list(wanted)
    return bool(value == wanted)


def _called(call: Fields) -> list[Called] | None:
    """None when the log does not say: no answer, or only a part of it."""
    if not has_answer(call) or not shows_all(call):
        return None
    tools = [tool for tool in call.get("tool_calls") or [] if isinstance(tool, dict)]
    return [(str(tool.get("name")), _arguments(tool.get("arguments"))) for tool in tools]


def _arguments(given: Any) -> Any:
    if not isinstance(given, str):
        return given if given is not None else {}
    try:
        return parse(given) if given.strip() else {}
    except ValueError:
        return None


def _with_arguments(tool: str, wanted: dict[str, Any], called: list[Called]) -> Verdict:
    given = [arguments for name, arguments in called if name == tool]
    if any(holds(arguments, wanted) for arguments in given):
        return PASSED
    if given:
        return failed(f"calls {tool}({_short(given[0])}), wanted {_short(wanted)}")
    names = ", ".join(name for name, _ in called)
    return failed(f"does not call {tool}; it calls {names or 'no tool'}")


def _in_order(order: tuple[str, ...], called: list[str]) -> Verdict:
    rest = iter(called)
    missing = next((name for name in order if name not in rest), None)
    if missing is None:
        return PASSED
    return failed(
        f"calls {', '.join(called) or 'no tool'}; wanted in this order {', '.join(order)}"
    )


def _short(value: Any) -> str:
    return quote(json.dumps(value, ensure_ascii=False))[1:-1]
