"""Validators of structure: JSON and JSON Schema.

Schemas may come out of a log, so nothing in one may open a file or a socket, and the
expansion of its references is counted before it is compiled.
"""

import json
from pathlib import Path
from typing import Any, NoReturn, Protocol

from tailllm.config.specs import JsonSchemaSpec, JsonSpec
from tailllm.errors import ConfigError
from tailllm.validators.answer import of_text
from tailllm.validators.verdict import PASSED, Judge, Verdict, errored, failed

MAX_EXPANSION = 100_000
"""Subschemas after every `$ref` is followed once per use; ten levels of ten are over it."""


class SchemaError(ValueError):
    """A schema that cannot be used, with the reason."""


class Compiled(Protocol):
    """A schema ready for use."""

    def __call__(self, value: Any) -> Verdict:
        """Judge one value."""


def parse(text: str, *, fences: bool = False) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is not JSON; the message says where.
    """
    body = _unfenced(text) if fences else text
    if not body.strip():
        msg = "there is no text"
        raise ValueError(msg)
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        msg = "nested too deeply to read"
        raise ValueError(msg) from None


def is_json(spec: JsonSpec) -> Judge:
    """The answer parses as JSON (NaN and Infinity are not JSON)."""

    def judge(text: str) -> Verdict:
        try:
            parse(text, fences=spec.fences)
        except ValueError as error:
            return failed(f"not JSON: {error}")
        return PASSED

    return of_text(judge)


def fits_schema(spec: JsonSchemaSpec) -> Judge:
    """The answer is JSON and the schema accepts it.

    Raises:
        ConfigError: The schema cannot be read or is none.
    """
    schema = spec.inline if spec.schema_file is None else _read(spec.name, Path(spec.schema_file))
    try:
        check = compiled(schema)
    except SchemaError as error:
        raise ConfigError(
            f"validator {spec.name!r}: {error}",
            fix="Correct the schema; $ref may only point inside.",
        ) from None

    def judge(text: str) -> Verdict:
        try:
            value = parse(text, fences=spec.fences)
        except ValueError as error:
            return failed(f"not JSON: {error}")
        return check(value)

    return of_text(judge)


def compiled(schema: Any) -> Compiled:
    """A schema as a function from a value to a verdict.

    Raises:
        SchemaError: It is no JSON Schema, points outside itself, or expands without end.
    """
    import jsonschema_rs

    if expansion(schema) > MAX_EXPANSION:
        msg = f"the schema expands to over {MAX_EXPANSION} subschemas"
        raise SchemaError(msg)
    try:
        validator = jsonschema_rs.validator_for(schema, retriever=_refuse_reference)
    except (ValueError, TypeError) as error:
        msg = f"not a usable JSON Schema: {str(error).splitlines()[0]}"
        raise SchemaError(msg) from None

    def check(value: Any) -> Verdict:
        try:
            first = next(iter(validator.iter_errors(value)), None)
        except ValueError as error:
            return errored(f"the schema could not be applied: {error}")
        if first is None:
            return PASSED
        where = ".".join(str(step) for step in first.instance_path)
        return failed(f"{where + ': ' if where else ''}{first.message}")

    return check


def expansion(schema: Any) -> int:
    """How many subschemas the schema has when every local `$ref` is followed; loops count once."""
    counted: dict[str, int] = {}

    def size(node: Any, depth: int) -> int:
        if depth > 100:
            return MAX_EXPANSION + 1
        if isinstance(node, list):
            return sum(size(item, depth + 1) for item in node)
        if not isinstance(node, dict):
            return 0
        own = 1 + sum(size(value, depth + 1) for value in node.values())
        target = node.get("$ref")
        return own + (follow(target, depth) if isinstance(target, str) else 0)

    def follow(target: str, depth: int) -> int:
        if target not in counted:
            counted[target] = 0
            counted[target] = size(_inside(schema, target), depth + 1)
        return counted[target]

    return size(schema, 0)


def _inside(schema: Any, target: str) -> Any:
    node = schema
    for step in target.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, dict) else None
    return node


def _unfenced(text: str) -> str:
    body = text.strip()
    if not (body.startswith("```") and body.endswith("```") and "\n" in body):
        return text
    opening, _, rest = body.partition("\n")
    return rest.removesuffix("```") if opening in {"```", "```json", "```JSON"} else text


def _read(name: str, path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        what = f"schema_file {path} cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        what = f"schema_file {path} is not JSON: {error}"
    raise ConfigError(f"validator {name!r}: {what}", fix="Correct schema_file or the file.")


def _refuse_constant(word: str) -> NoReturn:
    msg = f"{word} is not a JSON value"
    raise ValueError(msg)


def _refuse_reference(uri: str) -> NoReturn:
    msg = f"{uri} is outside the schema"
    raise ValueError(msg)
