"""The one spelling of a group's name: tables, filters and statistics agree on it."""

from tailllm.records.row import Row

CUT_OFF = "cut off"
"""An answer began, and its end never came."""
_REFUSED = 400
"""HTTP statuses from here on are errors."""


def prompt(row: Row) -> str | None:
    """`name@version`, or whichever of the two the log gives."""
    return prompt_of(row.prompt_name, row.prompt_version)


def prompt_of(name: str | None, version: str | None) -> str | None:
    """The same of its two halves."""
    if version is None:
        return name
    if name is None:
        return version
    return f"{name}@{version}"


def error(row: Row) -> str | None:
    """What went wrong: the error's type, else `http 429`; None when nothing did."""
    return error_of(row.error_type, row.status, row.http_status)


def error_of(error_type: str | None, status: str, http_status: int | None) -> str | None:
    """The same of what the log says of it."""
    if error_type is not None:
        return error_type
    if status != "error":
        return None
    if http_status is None:
        return "unknown"
    return f"http {http_status}" if http_status >= _REFUSED else CUT_OFF
