"""The paths into records that `[dialects.NAME]` gives."""

from typing import Any


def compiled(path: str) -> Any:
    """The path, ready to search.

    Raises:
        ValueError: It is no JMESPath.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(path)
    except JMESPathError as error:
        said = str(error).partition("\n")[0].rstrip(": ")
        msg = f"{path!r} is no JMESPath ({said})"
        raise ValueError(msg) from None
