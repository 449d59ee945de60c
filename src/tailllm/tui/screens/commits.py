"""Which commit made a prompt version, where the config names its file. Not for the loop."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from tailllm.errors import TailllmError
from tailllm.store import labels

if TYPE_CHECKING:
    from tailllm.ask.origin import Commit
    from tailllm.ask.versions import Version
    from tailllm.tui.setting import Setting


class CommitFound(Message):
    """The history has been looked through for one version."""

    def __init__(self, label: str, commit: "Commit | None") -> None:
        super().__init__()
        self.label = label
        self.commit = commit
        """None when no state of the file fits."""


def find_commits(
    setting: "Setting",
    versions: "Iterable[Version]",
    told: Callable[[CommitFound], object],
    cancelled: Callable[[], bool],
) -> None:
    """Look for each; takes up to a second a version where a file has many commits."""
    from tailllm.ask.origin import origin
    from tailllm.ask.pair import system_text

    wanted = {one.label: setting.prompts.get(one.prompt or "") for one in versions}
    for _, row in setting.feed.window.newest_first():
        label = labels.prompt(row) or ""
        file = wanted.pop(label, None)
        if cancelled() or (not wanted and file is None):
            return
        if file is None:
            continue
        try:
            system = system_text(setting.feed.call(row))
        except TailllmError:
            system = ""
        told(CommitFound(label, origin(Path(file), system) if system else None))
