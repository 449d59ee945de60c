"""The case file as JSON Schema, so that an editor completes keys and underlines mistakes."""

from collections.abc import Iterator
from typing import Any

from tailllm.config.kinds import KINDS
from tailllm.corpus.case import Case

DRAFT = "http://json-schema.org/draft-07/schema#"
"""What the TOML plugins of editors read."""


def schema() -> dict[str, Any]:
    """The schema of a case file, every kind of check included."""
    found = Case.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = found.pop("$defs")
    definitions["Expect"] = {"oneOf": list(_checks(definitions))}
    _untitled(found)
    _untitled(definitions)
    found["required"] = ["schema", *(name for name in found["required"] if name != "schema")]
    return (
        {"$schema": DRAFT, "title": "A case of a tailllm corpus"}
        | found
        | {"definitions": definitions}
    )


def _checks(definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _check(
        "validator", "A validator of tailllm.toml must pass.", {"name": {"type": "string"}}
    )
    yield _check("not_observed", "The answer is not the one in [observed].", {})
    for kind, model in KINDS.items():
        found = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
        definitions.update(found.pop("$defs", {}))
        given = found["properties"].items()
        fields = {k: _one_or_many(v) for k, v in given if k not in ("kind", "when")}
        named = _check(kind, found.get("description", ""), fields)
        needed = [name for name in found["required"] if name not in ("kind", "name")]
        yield named | {"required": ["type", *needed]}


def _check(kind: str, about: str, fields: dict[str, Any]) -> dict[str, Any]:
    properties = {"type": {"const": kind}} | fields
    required = ["type", *(["name"] if kind == "validator" else [])]
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _one_or_many(field: dict[str, Any]) -> dict[str, Any]:
    """One text may stand where a list of texts may."""
    items = field.get("items")
    if field.get("type") != "array" or not isinstance(items, dict):
        return field
    return {"anyOf": [field, items]} if items.get("type") == "string" else field


def _untitled(value: Any) -> None:
    """Without the titles pydantic makes of field names: they say nothing and triple the size."""
    if isinstance(value, dict):
        if isinstance(value.get("title"), str):
            del value["title"]
        for inner in value.values():
            _untitled(inner)
    elif isinstance(value, list):
        for inner in value:
            _untitled(inner)
