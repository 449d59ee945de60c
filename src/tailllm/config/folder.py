"""Where marks and cases go."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tailllm.config.model import Config


def corpus_folder(
    config: "Config", *, flag: str | None, cwd: Path, environ: Mapping[str, str]
) -> Path:
    """The folder: `--corpus`, `$TAILLLM_CORPUS`, the config, `./corpus`, XDG.

    Returns:
        An absolute path that need not exist yet. `./corpus` counts only if it is there.
    """
    for named in (flag, environ.get("TAILLLM_CORPUS"), config.corpus):
        if named:
            return cwd / Path(named).expanduser()
    if (cwd / "corpus").is_dir():
        return cwd / "corpus"
    data = environ.get("XDG_DATA_HOME") or ""
    home = Path(environ.get("HOME") or Path.home())
    return (Path(data) if Path(data).is_absolute() else home / ".local/share") / "tailllm/corpus"
