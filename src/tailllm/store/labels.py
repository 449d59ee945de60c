"""The one spelling of a group's name: tables, filters and statistics agree on it."""

from tailllm.records.row import Row


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
    if row.status == "error":
        return "unknown" if row.http_status is None else f"http {row.http_status}"
    return None
