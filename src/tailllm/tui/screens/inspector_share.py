"""Taking a call elsewhere: clipboard, pager, plain text."""

import json
import os
import re
from typing import TYPE_CHECKING, Any

from textual import work
from textual.widget import Widget

from tailllm import ink
from tailllm.errors import TailllmError
from tailllm.records.row import Row
from tailllm.transcript import conversation, show_command
from tailllm.tui.handing import places
from tailllm.tui.screens.outside import page, print_plain

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.feed.keeper import Keeper
    from tailllm.records.call import Call

CLIPBOARD_BYTES = 100_000
"""What OSC 52 carries in most terminals; xterm and tmux drop more than this in silence."""

_UNSAFE = re.compile(r"[^\n\x20-\x7e]")


class Sharing(Widget):
    """The keys y, Y, v and ctrl+l for a screen that knows its feed and the row they mean.

    What leaves by them has tags for its secrets; `tailllm show --raw` gives the bytes.
    """

    feed: "Feed"
    keeper: "Keeper"

    def row_to_share(self) -> Row | None:
        """The call the keys mean."""
        raise NotImplementedError

    def action_link(self) -> None:
        """Copy the command that shows this call."""
        row = self.row_to_share()
        if row is not None:
            paths = dict.fromkeys(self.feed.path(address.file) for address in row.source)
            self._copy(show_command(row.key, places(paths)), "the command")

    def action_copy(self) -> None:
        """Copy the call as JSON."""
        self._with_call("copy")

    def action_pager(self) -> None:
        """Read the call in $PAGER."""
        self._with_call("pager")

    def action_plain(self) -> None:
        """Print the call as plain text, to select and copy."""
        self._with_call("plain")

    @work(thread=True, group="share", exclusive=True)
    def _with_call(self, then: str) -> None:
        row = self.row_to_share()
        if row is None:
            return
        try:
            call, secrets = self.keeper.without_secrets(self.feed.call(row))
        except (TailllmError, OSError) as error:
            self.app.call_from_thread(self._say, str(error))
            return
        tags = f"secrets are tags: {', '.join(secrets)}" if secrets else ""
        steps: dict[str, Any] = {"copy": self._copy_call, "pager": self._page, "plain": self._print}
        self.app.call_from_thread(steps[then], call, tags)

    def _copy_call(self, call: "Call", tags: str) -> None:
        self._copy(as_json(call), "the call", tags)

    def _copy(self, text: str, what: str, tags: str = "") -> None:
        self.app.copy_to_clipboard(text)
        size = len(text.encode())
        more = " (many terminals take only 100 KB)" if size > CLIPBOARD_BYTES else ""
        self._say(f"copied {what}, {size:,} bytes{more}{tags and f'; {tags}'}")

    def _page(self, call: "Call", tags: str) -> None:
        self._say(page(self.app, conversation(call), os.environ) or tags)

    def _print(self, call: "Call", tags: str) -> None:
        self._say(print_plain(self.app, conversation(call)) or tags)

    def _say(self, text: str) -> None:
        if text:
            self.notify(ink.line(text), markup=False)


def as_json(call: "Call") -> str:
    """The canonical call as JSON in plain ASCII: pasting it anywhere does nothing."""
    text = json.dumps(call.model_dump(), indent=2, default=str, ensure_ascii=True)
    return _UNSAFE.sub("", text)
