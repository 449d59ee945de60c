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
from textual.dom import DOMNode

PATIENCE_S = 30.0
"""A key whose screen hangs for this long stands in nobody's way any more."""
LOOK_EVERY_S = 0.02
LAPS = 3
"""A key becomes a message to a parent, and that an order to move the cursor elsewhere."""
LEAVE = "ctrl+c"
"""Waits for no other key."""


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
        if isinstance(event, events.Key) and event.key == LEAVE:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._since is None:
            await self._begin()
        else:
            self.set_timer(PATIENCE_S, self._resume)

    def is_ready(self) -> bool:
        """Whether there is something a key can be about; the keys wait for it."""
        return True

    async def _begin(self) -> None:
        if self._since is not None:
            return
        if self.is_ready():
            await self._hand_on()
        else:
            self.set_timer(LOOK_EVERY_S, self._begin)

    async def _hand_on(self) -> None:
        if not self._typed:
            self._since = None
            return
        self._turn += 1
        self._since = time.monotonic()
        place = (self.screen, self.focused)
        await super().on_event(self._typed.popleft())
        self._follow(place[1] or place[0], self._turn, place)

    def _follow(self, node: DOMNode, turn: int, place: tuple[Any, Any], laps: int = LAPS) -> None:
        """Take the way of the key, behind it: up through the queue of each parent, to the app.

        And again: what the key set off was put into the same queues behind us.
        """

        def passed() -> None:
            self._follow(node.parent or self, turn, place, laps)

        if node is not self and node.call_later(passed):
            return
        if laps > 1:
            self.call_later(self._follow, self.focused or self.screen, turn, place, laps - 1)
        else:
            self.call_later(self._seen, turn, place)

    async def _seen(self, turn: int, place: tuple[Any, Any]) -> None:
        """Everybody has seen the key: take the next, at once or when the new screen can."""
        if turn != self._turn or self._since is None:
            return
        if place == (self.screen, self.focused):
            await self._hand_on()
        else:
            place = (self.screen, self.focused)
            self.screen.call_after_refresh(self._follow, self, turn, place)

    async def _resume(self) -> None:
        if self._since is not None and time.monotonic() - self._since >= PATIENCE_S:
            await self._hand_on()
