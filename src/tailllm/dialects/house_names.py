"""Who and what for, in the metadata that applications attach under names of their own."""

from collections.abc import Mapping
from typing import Any

from tailllm.dialects.values import text
from tailllm.records.part import Fields

_NAMES = {
    "sessionid": "session_id",
    "session": "session_id",
    "userid": "user_id",
    "user": "user_id",
    "enduserid": "user_id",
    "conversationid": "conversation_id",
    "threadid": "conversation_id",
    "chatid": "conversation_id",
    "hostname": "host",
    "host": "host",
    "route": "route",
    "feature": "route",
    "promptname": "prompt_name",
    "promptid": "prompt_name",
    "promptversion": "prompt_version",
}
_LONGEST = 40
"""Characters of a name that is worth comparing."""


def named(metadata: Mapping[str, Any], prefix: str = "") -> Fields:
    """The fields that these entries name, however they spell them: `userId`, `user_id`.

    Args:
        prefix: Only entries that start so are looked at, without it.
    """
    found: Fields = {}
    for key, value in metadata.items():
        if key.startswith(prefix) and len(key) < len(prefix) + _LONGEST:
            plain = key[len(prefix) :].translate(_JOINTS).lower()
            field = _NAMES.get(plain)
            worth = text(value) if field else None
            if field and worth:
                found.setdefault(field, worth)
    return found


_JOINTS = str.maketrans("", "", "_-. ")
