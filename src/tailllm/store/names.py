"""A number for every name: a column of numbers is a quarter of the size, and groups faster."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


class Names(Generic[Name]):
    """Numbers for names that many calls repeat: models, prompts, sets of verdicts.

    The database holds numbers alone, so a name comes back exactly as logged, whatever is in it.
    One thread at a time adds; any thread looks up numbers it was given.
    """

    def __init__(self) -> None:
        self._numbers: dict[Name, int] = {}
        self._names: list[Name] = []

    @property
    def known(self) -> list[Name]:
        """Every name, in the order of the numbers."""
        return list(self._names)

    def number(self, name: Name) -> int:
        """The number of a name, a new one if need be."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
        return number

    def name(self, number: int | None) -> Name | None:
        """The name behind a number."""
        return None if number is None else self._names[number]
