"""From an opened call to its conversation, and to what differs from the pinned one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Union

from textual.widget import Widget

from tailllm.records.row import Row
from tailllm.tui.screens.inspector_header import Among

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.tui.screens.question import Go, Question

About = Callable[[str, Row | None], Union["Question", str]]
"""The screen that answers a question about a call, or a sentence."""

Left = Union[int, "Go"]
"""How the screen is left: on a call, or for calls to show in the list."""


class Asking(Widget):
    """The keys C, V, ' and d for a screen that knows which row they mean."""

    about: About | None = None
    """None where nobody can answer."""
    unusual: Callable[[Row], str] | None = None
    """What is unusual about a call for its kind, in words."""
    feed: "Feed"
    dismiss: Any

    def row_to_share(self) -> Row | None:
        """The call the keys mean."""
        raise NotImplementedError

    def say_here(self, text: str) -> None:
        """Answer a key in a sentence."""
        raise NotImplementedError

    def among(self, row: Row) -> Among:
        """How the call stands among others."""
        odd = self.unusual(row) if self.unusual else ""
        return Among(self.feed.store.novelties.of(row), odd)

    def action_thread(self) -> None:
        """Its conversation as one thread."""
        self._ask("thread")

    def action_version(self) -> None:
        """Its prompt version among all."""
        self._ask("version")

    def action_pin(self) -> None:
        """Pin this call, or take the pin away."""
        self._ask("pin")

    def action_diff(self) -> None:
        """Compare this call with the pinned one."""
        self._ask("diff")

    def _ask(self, what: str) -> None:
        answer = self.about(what, self.row_to_share()) if self.about else "Ask this from the list."
        if isinstance(answer, str):
            self.say_here(answer)
            return

        def came(go: "Go | None") -> None:
            if go is not None:
                self.dismiss(go)

        self.app.push_screen(answer, came)
