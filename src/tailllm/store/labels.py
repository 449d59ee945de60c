"""The one spelling of a group's name: tables, filters and statistics agree on it."""

from tailllm.records.row import Row

CUT_OFF = "cut off"
"""An answer began, and its end never came."""
_REFUSED = 400
"""HTTP statuses from here on are errors."""


def prompt(row: Row) -> str | None:
    """`name@version`, or whichever of the two the log gives."""
    if row.prompt_version is None:
        return row.prompt_name
    if row.prompt_name is None:
        return row.prompt_version
    return f"{row.prompt_name}@{row.prompt_version}"


def error(row: Row) -> str | None:
    """What went wrong: the error's type, else `http 429`; None when nothing did."""
    if row.error_type is not None:
        return row.error_type
    if row.status != "error":
        return None
    if row.http_status is None:
        return "unknown"
    return f"http {row.http_status}" if row.http_status >= _REFUSED else CUT_OFF
