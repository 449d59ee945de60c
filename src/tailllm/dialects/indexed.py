"""Lists and objects that were spread over flat keys: `messages.0.role`, `messages.1.role`."""

from typing import Any

from tailllm.dialects.values import mapping

_DEEPEST = 12
"""Steps in a key; conventions need eight."""


def spread(attributes: dict[str, Any], *prefixes: str) -> dict[str, list[dict[str, Any]]]:
    """The items under each prefix, in the order of their numbers.

    Args:
        attributes: Flat keys with values.
        prefixes: What stands before the first number, with its last dot.

    Returns:
        For each prefix that has any, its items as nested objects; lists inside them are
        still objects with numbers as keys: read those with `numbered`.
    """
    found: dict[str, dict[str, Any]] = {}
    for key, value in attributes.items():
        if key.startswith(prefixes):
            prefix = next(prefix for prefix in prefixes if key.startswith(prefix))
            _put(found.setdefault(prefix, {}), key[len(prefix) :], value)
    return {prefix: numbered(items) for prefix, items in found.items()}


def numbered(items: Any) -> list[dict[str, Any]]:
    """The objects under numbers, in their order."""
    named = [(key, item) for key, item in mapping(items).items() if isinstance(item, dict)]
    kept = [(key, item) for key, item in named if key.isascii() and key.isdigit()]
    return [item for _, item in sorted(kept, key=lambda pair: (len(pair[0]), pair[0]))]


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".", _DEEPEST)
    for step in steps:
        inner = tree.get(step)
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        tree = inner
    if last not in tree:
        tree[last] = value
