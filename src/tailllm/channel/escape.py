"""Foreign words on their way out: they call nobody, close nothing and fetch nothing.

Only what is put into a template is escaped; the template is the config's own.
"""

import re

from tailllm import ink

JOINER = "\u2060"
"""Takes no room, and breaks a mention, a number of an issue or an address in two."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>!|~#+=-])")
_WWW = re.compile(r"(?i)\b(www)\.")
_ISSUE = re.compile(r"(?i)\b(gh)-(?=\d)")


def slack(text: str) -> str:
    """Text in which Slack sees no mention and no link."""
    text = _apart(text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def github(text: str) -> str:
    """Text in which GitHub sees no Markdown, mention, image, link or number of an issue."""
    text = _ISSUE.sub(rf"\1{JOINER}-", _apart(text))
    return _MARKDOWN.sub(r"\\\1", text).replace("&", "&amp;")


def chat(text: str) -> str:
    """Text that a person pastes into whatever chat: it calls nobody there."""
    return _apart(text).replace("<", f"<{JOINER}")


def plain(text: str) -> str:
    """One line that does nothing on a terminal."""
    return ink.line(text)


def _apart(text: str) -> str:
    """One line; what a chat would link or call is broken in two."""
    text = ink.line(" ".join(text.split()))
    text = text.replace("://", f":{JOINER}//").replace("@", f"@{JOINER}").replace("#", f"#{JOINER}")
    return _WWW.sub(rf"\1{JOINER}.", text)
