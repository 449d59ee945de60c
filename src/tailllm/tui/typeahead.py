"""Keys typed faster than the screens change are not lost, and reach the screen they meant.

Over a slow line several keys arrive in one packet. Textual hands each to the screen that is
on top when it arrives, so a key behind the one that closes a screen would go down with it,
and letters meant for a dialog would be commands of the screen below.
"""

import time
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message

PATIENCE_S = 1.0
"""A key that is not done after this long stands in nobody's way any more."""


class Done(Message):
    """Follows a key through every queue; when it arrives, everybody has seen that key."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class TypeAheadApp(App[int]):
    """Takes the next key when the one before has been handled."""

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._turn = 0
        self._since: float | None = None
        """When the key now under way was handed on; None between keys."""

    async def on_event(self, event: events.Event) -> None:
        """Queue what comes from the keyboard; all else goes its usual way."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._since is None or time.monotonic() - self._since > PATIENCE_S:
            await self._hand_on()

    async def _hand_on(self) -> None:
        if not self._typed:
            self._since = None
            return
        self._turn += 1
        self._since = time.monotonic()
        target = self.focused or self.screen
        self._top = (self.screen, self.focused)
        await super().on_event(self._typed.popleft())
        if not target.post_message(Done(self._turn)):
            self.post_message(Done(self._turn))
        self.set_timer(PATIENCE_S, self._resume)

    async def on_done(self, message: Done) -> None:
        """Hand on the next key, at once or when the new screen can take one."""
        if message.turn != self._turn or self._since is None:
            return
        if self._top == (self.screen, self.focused):
            await self._hand_on()
        else:
            self._top = (self.screen, self.focused)
            self.screen.call_after_refresh(self.post_message, Done(self._turn))

    async def _resume(self) -> None:
        """Go on if the answer to a key was lost with its screen."""
        if self._since is not None and time.monotonic() - self._since >= PATIENCE_S:
            await self._hand_on()
