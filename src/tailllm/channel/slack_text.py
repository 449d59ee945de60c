"""Slack's way to write text, both ways: read as people see it, sent so that it does nothing."""

import re

_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def plain(text: str) -> str:
    """What people see: `<https://a|b>` is `b (https://a)`, `&lt;` is `<`."""
    return _unescaped(_LINK.sub(_shown, text))


def _shown(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith(("http://", "https://", "mailto:")):
        return f"{label} ({target})" if label and label != target else target
    return label or target


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
