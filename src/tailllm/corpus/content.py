"""What makes two marks the same item: the content of the call, and nothing around it."""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

TAG = b"tailllm mark 1\n"
"""Hashed in front, so that this hash never equals a hash of the same bytes with another meaning."""

DEPTH = 100
"""Levels a value may nest. Deeper ones would stop JSON readers; the exact bytes are kept beside."""

PLACE = ("key", "source", "state", "evaluations", "warnings", "content")
"""Fields that depend on where, when and with which validators somebody read the call."""


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON can hold it; what equals its default is left out.

    Leaving defaults out keeps the id of an old call when a later version knows more fields.
    """
    if isinstance(value, BaseModel | dict | list | tuple):
        return _nested(value, depth)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, datetime) else value


def _nested(value: Any, depth: int) -> Any:
    if depth >= DEPTH:
        return f"nested deeper than {DEPTH} levels, see lines"
    if isinstance(value, BaseModel):
        return _set_fields(value, depth)
    if isinstance(value, dict):
        return {str(name): plain(inner, depth + 1) for name, inner in value.items()}
    return [plain(inner, depth + 1) for inner in value]


def _set_fields(record: BaseModel, depth: int) -> dict[str, Any]:
    fields = {}
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if field.is_required() or value != field.default:
            fields[name] = plain(value, depth + 1)
    return fields


def mark_id(call: Mapping[str, Any]) -> str:
    """The id of the item a mark of `call`, plain and without secrets, belongs to.

    The same call read on two hosts, by two people, before or after a validator was added,
    has one id. Labels are no part of it: changing a label must not make a second item.
    """
    fields = {name: value for name, value in call.items() if name not in PLACE}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(TAG + text.encode("ascii")).hexdigest()
