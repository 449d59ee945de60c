"""Files without JSON that lie beside logs: source code, prose, an application's plain text."""

import re
from collections.abc import Sequence

from tailllm.records.line import Address
from tailllm.records.part import Reject

NO_LOG = "a file without JSON, no log of calls"
_FEW = 3
"""Fewer lines prove nothing about a file: they may be what is left of a damaged log."""
_RECORD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[?\s*\{\s*[\"}]")
"""How a JSON record begins, be it damaged behind that."""


def is_prose(sample: Sequence[bytes]) -> bool:
    """Whether none of a file's first lines is JSON, or was."""
    return len(sample) >= _FEW and not any(map(_RECORD.match, sample))


def reject(address: Address, text: bytes, why: str, *, in_prose: bool) -> Reject:
    """A line that is no JSON: damage in a log, and nothing unusual in a file that is none."""
    if in_prose and not _RECORD.match(text):
        return Reject(address, "other", NO_LOG)
    return Reject(address, "broken", why)
