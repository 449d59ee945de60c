"""Which dialect reads a record: the file's own, any other, or one for a record inside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tailllm.dialects import nested
from tailllm.dialects.catalog import dialects
from tailllm.dialects.dialect import Dialect
from tailllm.records.line import Address
from tailllm.records.part import Part

OTHER = "another application's line"


class Chooser:
    """The dialects of one file, and the one that it was taken for.

    Args:
        house: Dialects of the config file, asked before the catalog's.
    """

    def __init__(self, house: Sequence[Dialect] = ()) -> None:
        self.dialect: Dialect | None = None
        self.inside: str | None = None
        """Where in its record the first call was found, if it is not the record itself."""
        self.why = "no line so far is of a known format"
        """How the format was known, in words."""
        self.is_mixed = False
        """Whether several writers share the file, so that every dialect is asked."""
        self.is_flat = False
        """Whether calls may only be the records themselves."""
        self._house = tuple(house)
        self._loaded: list[Dialect] = []
        self._known: set[Dialect] = set()
        """Dialects that claimed a record of the file before."""

    @property
    def _candidates(self) -> list[Dialect]:
        """All of them, in the order in which they are asked."""
        if not self._loaded:
            self._loaded = [*self._house, *dialects()]
        return self._loaded

    def choose(self, objects: list[dict[str, Any]]) -> None:
        """Take the file for the dialect that claims most of its first records."""
        if not self._choose_alone(objects):
            self._choose(objects)

    def _choose_alone(self, objects: list[dict[str, Any]]) -> bool:
        """Whether a dialect claims everything, so that none of those after it can have more."""
        if self._house or self.is_mixed or not objects:
            return False
        for dialect in dialects():
            if not dialect.broad and all(map(dialect.claims, objects)):
                self._known.add(dialect)
                self._settle_on(dialect, f"{len(objects):,} of the first {len(objects):,} records")
                dialect.learn(objects)
                return True
        return False

    def _choose(self, objects: list[dict[str, Any]]) -> None:
        seen = len(objects)
        claims = Counter(_claimed(objects, self._candidates))
        narrow = Counter({d.name: claims[d.name] for d in self._candidates if not d.broad})
        if not +narrow and not self.is_flat:
            found = [each for value in objects for each in nested.find(value, self._candidates)]
            claims.update(each.dialect.name for each in found)
            self.is_mixed |= bool(found)
            self.inside = found[0].path if found else None
            objects = [*objects, *(each.value for each in found)]
            narrow = Counter({d.name: claims[d.name] for d in self._candidates if not d.broad})
        claims = +narrow or +claims
        if not claims:
            return
        best = max(claims.values())
        dialect = next(d for d in self._candidates if claims[d.name] == best)
        self._settle_on(dialect, f"{best:,} of the first {seen:,} records")
        for each in self._candidates:
            if claims[each.name]:
                self._known.add(each)
        dialect.learn(objects)
        own = [*self._house, *([dialect] if dialect not in self._house else [])]
        self._loaded = [*own, *(each for each in self._candidates if each not in own)]

    def read(self, value: dict[str, Any], text: bytes, address: Address) -> list[Part] | str:
        """The parts of calls in one record, or why there is none.

        Args:
            text: The bytes it was decoded from.
        """
        dialect = self._claiming(value, text)
        if dialect is not None:
            return dialect.read(value, address)
        if self.is_flat or not (self.dialect is None or self.is_mixed):
            return OTHER
        if nested.may_hold(text):
            return self._read_inside(value, address, self._candidates)
        # A later part of a call may have none of the words that its first part had.
        known = [each for each in self._candidates if self.inside and each in self._known]
        return self._read_inside(value, address, known) if known else OTHER

    def rest(self, now: float | None) -> Iterator[list[Part]]:
        """What the end of the log tells of calls that its dialects hold for unfinished."""
        if now is not None:
            own = {self.dialect} if self.dialect else set()
            yield from (found for each in self._known | own if (found := each.rest(now)))

    def _claiming(self, value: dict[str, Any], text: bytes) -> Dialect | None:
        for dialect in self._house:
            if dialect.claims(value):
                return self._met(dialect)
        if self.dialect is not None and self.dialect.claims(value):
            return self.dialect
        if self.dialect is not None and not self.is_mixed:
            return None
        for dialect in self._candidates:
            if self._may_claim(dialect, text) and dialect.claims(value):
                return self._met(dialect)
        return None

    def _met(self, dialect: Dialect) -> Dialect:
        self._known.add(dialect)
        if self.dialect is None:
            self._settle_on(dialect)
        return dialect

    def _may_claim(self, dialect: Dialect, text: bytes) -> bool:
        if not dialect.hints or dialect in self._known:
            return True
        return any(hint in text for hint in dialect.hints)

    def _read_inside(
        self, value: dict[str, Any], address: Address, dialects: Sequence[Dialect]
    ) -> list[Part] | str:
        parts: list[Part] = []
        reason = OTHER
        for place, found in enumerate(nested.find(value, dialects, eager=bool(self.inside))):
            self._known.add(found.dialect)
            if self.dialect is None:
                self.is_mixed, self.inside = True, found.path
                self._settle_on(found.dialect)
            read = found.dialect.read(found.value, address)
            if isinstance(read, str):
                reason = read
                continue
            for part in read:
                nested.donate(part, found.around)
            parts += apart(read, place) if place else read
        return parts or reason

    def _settle_on(self, dialect: Dialect, seen: str = "the first record that was claimed") -> None:
        self.dialect = dialect
        self.why = f"{seen}: {dialect.sign_in_words}"
        self.is_mixed |= dialect.broad


def apart(parts: list[Part], place: int) -> list[Part]:
    """Names by address are not enough when a line holds several records."""
    return [
        part._replace(
            keys=tuple(f"{key}+{place}" if key.startswith("line:") else key for key in part.keys)
        )
        for part in parts
    ]


def _claimed(values: Iterable[dict[str, Any]], dialects: Sequence[Dialect]) -> Iterable[str]:
    for value in values:
        yield from (dialect.name for dialect in dialects if dialect.claims(value))
