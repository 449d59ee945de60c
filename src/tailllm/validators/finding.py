"""What a JMESPath expression finds in a JSON answer."""

import json
from typing import Any

from tailllm.config.graders import JmespathSpec
from tailllm.validators.answer import of_text
from tailllm.validators.shapes import parse
from tailllm.validators.texts import quote
from tailllm.validators.verdict import PASSED, Judge, Verdict, errored, failed


def finds(spec: JmespathSpec) -> Judge:
    """The expression finds the value, or anything at all when none is given."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    compiled = jmespath.compile(spec.path)

    def judge(text: str) -> Verdict:
        try:
            value = parse(text, fences=spec.fences)
        except ValueError as error:
            return failed(f"not JSON: {error}")
        try:
            found = compiled.search(value)
        except (JMESPathError, RecursionError) as error:
            return errored(f"{spec.path} cannot be applied: {error}")
        return _judge(spec, found)

    return of_text(judge)


def _judge(spec: JmespathSpec, found: Any) -> Verdict:
    if spec.value is None:
        if found or (found == 0 and found is not False):
            return PASSED
        return failed(f"{spec.path} finds {_text(found)}")
    if _text(found) == _text(spec.value):
        return PASSED
    return failed(f"{spec.path} is {quote(_text(found))}, not {quote(_text(spec.value))}")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
