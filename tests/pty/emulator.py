"""The screen of the terminal in the tests: pyte's, and the second page that full-screen programs use."""

import copy
from typing import Any

import pyte

ALTERNATE = 1049


class Screen(pyte.Screen):
    """Goes to an empty page with mode 1049 and back to the first as it was without it.

    Pyte has one page: what a pager writes would lie over the rows of the program that called it,
    and a test that waits for those rows would find them before the program is back.
    """

    _first: tuple[Any, Any] | None = None

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte's, and open the second page."""
        if kwargs.get("private") and ALTERNATE in modes and self._first is None:
            self._first = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte's, and close the second page."""
        if kwargs.get("private") and ALTERNATE in modes and self._first is not None:
            (self.buffer, self.cursor), self._first = self._first, None
            self.dirty.update(range(self.lines))
        super().reset_mode(*modes, **kwargs)
