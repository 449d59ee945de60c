"""Looks at every path again and again, and knows which file it leads to by now."""

import os
import stat
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from tailllm.records.line import NoticeKind
from tailllm.sources import siblings
from tailllm.sources.handles import Handles, open_regular
from tailllm.sources.past import Tell
from tailllm.sources.place import Place
from tailllm.sources.targets import Targets, looks_binary
from tailllm.sources.trail import HEAD_BYTES, Identity, Trail

GRACE_S = 60.0
"""A writer may go on in a renamed or deleted file for as long as it has not noticed."""
MISSING_S = 1.0
"""Between rename and create the path is empty for a moment; that is not worth a notice."""
RETRY_S = 1.0
CROWD = 50
"""Paths from which on the quiet ones are looked at in turns, a quarter each time."""


class Arrival(NamedTuple):
    """A file nobody has seen before."""

    trail: Trail
    fd: int
    status: os.stat_result
    chosen: bool
    """Named as such, not met in a folder."""


class Scout:
    """Keeps places and trails in step with the file system."""

    def __init__(
        self,
        targets: Targets,
        handles: Handles,
        tell: Tell,
        begin: Callable[[Arrival], bool],
    ) -> None:
        self.places: dict[str, Place] = {}
        self.trails: dict[Identity, Trail] = {}
        self._targets = targets
        self._handles = handles
        self._tell = tell
        self._begin = begin
        self._loose: list[Trail] = []
        self._numbers = count()
        self._listings = siblings.Listings()
        self._skipped: set[Identity] = set()
        self._round = -1

    def sweep(self, now: float, *, woken: bool = False) -> None:
        """Look at every path and every file without a path once.

        In a crowd a path without news for a minute has its turn once a second, or when
        something woke us: 200 idle files must not cost a production host its CPU.
        """
        self._listings = siblings.Listings()
        self._round += 1
        found = self._targets.paths(now)
        for path, named in found.items():
            if path not in self.places:
                self.places[path] = Place(path, named=named)
        in_turns = len(self.places) > CROWD and not woken
        for number, place in enumerate(list(self.places.values())):
            if in_turns and (number - self._round) % 4 and place.is_quiet(now):
                continue
            self._look(place, now)
            if place.path not in found and (place.trail is None or place.trail.ended):
                del self.places[place.path]
        for trail in list(self._loose):
            self._look_loose(trail, now)

    def enlist(self, identity: Identity, path: str) -> Trail:
        """A trail of its own for a file."""
        trail = Trail(identity, path, next(self._numbers))
        self.trails[identity] = trail
        return trail

    def ending(self, now: float) -> list[Trail]:
        """Files whose grace is over: read to the end, and no path leads there."""
        over = [t for t in self._loose if now >= (t.loose_until or 0) and not t.dirty]
        for trail in over:
            self._loose.remove(trail)
            trail.ended = True
        return over

    def _look(self, place: Place, now: float) -> None:
        try:
            status = os.stat(place.path)
        except OSError as error:
            self._miss(place, error, now)
            return
        trail = place.trail
        if trail and (status.st_dev, status.st_ino) == trail.identity and not trail.ended:
            if place.missing_since is not None or trail.loose_until is not None:
                self._join(place, trail)
            if trail.look(status):
                place.changed_at = now
        elif now >= place.retry_at:
            self._meet(place, status, now)

    def _miss(self, place: Place, error: OSError, now: float) -> None:
        if place.missing_since is None:
            place.missing_since = now
            if place.trail:
                self._leave(place, place.trail, now)
        if place.told or (place.trail and now - place.missing_since < MISSING_S):
            return
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            self._say(place, "unreadable", f"cannot be read: {error.strerror}; trying again")
        elif place.trail:
            self._say(place, "gone", "is gone; waiting for it to come back")
        elif place.named:
            self._say(place, "waiting", "does not exist yet; waiting for it")

    def _meet(self, place: Place, status: os.stat_result, now: float) -> None:
        """The path leads to another file than before."""
        if stat.S_ISDIR(status.st_mode) or _identity(status) in self._skipped:
            return
        real = os.path.realpath(place.path)
        beside = self._listings.beside(real)
        trail = self.trails.get(_identity(status)) or self._open(place, now)
        if trail is None:
            return
        previous = place.trail
        came_back = place.told in ("waiting", "gone", "unreadable")
        self._join(place, trail)
        trail.look(status)
        if previous and previous is not trail:
            self._succeed(place, previous, trail, now)
        elif came_back:
            self._tell("found", place.path, "is there now and followed", None)
        place.beside, place.real = beside, real

    def _open(self, place: Place, now: float) -> Trail | None:
        """The trail of a file that is new at this path, or None while it cannot be followed."""
        try:
            fd, status = open_regular(place.path)
        except OSError as error:
            place.retry_at = now + RETRY_S
            if not isinstance(error, FileNotFoundError) and not place.told:
                self._say(place, "unreadable", error.strerror or str(error))
            return None
        known = self.trails.get(_identity(status))
        if known:
            os.close(fd)
            return known
        if not place.chosen and looks_binary(os.pread(fd, HEAD_BYTES, 0)):
            os.close(fd)
            self._skipped.add(_identity(status))
            return None
        is_copy = self._is_copy(place, fd, status.st_size, now)
        if is_copy is None:
            os.close(fd)
            return None
        trail = self.enlist(_identity(status), place.path)
        self._handles.adopt(trail, fd)
        if is_copy or not self._begin(Arrival(trail, fd, status, place.chosen)):
            trail.is_read = False
            self._handles.close(trail)
        return trail

    def _is_copy(self, place: Place, fd: int, size: int, now: float) -> bool | None:
        if place.named or self._round == 0:
            return False
        places = (self.places.get(path) for path in siblings.originals(place.path))
        return place.is_copy(fd, size, [p.trail for p in places if p and p.trail], now)

    def _succeed(self, place: Place, previous: Trail, trail: Trail, now: float) -> None:
        """Say what became of the file before, and read those that came and went between."""
        self._leave(place, previous, now)
        now_at = siblings.find(place.real, previous.identity)
        if now_at:
            previous.path = now_at
            text = f"was rotated to {os.path.basename(now_at)}; both are followed"
            self._tell("rotated", place.path, text, None)
        else:
            self._tell("replaced", place.path, "was replaced by another file", None)
        last = previous
        for missed in self._missed(place):
            self._tell("rotated", missed.path, "came and went between two looks; read", None)
            missed.before, last = last, missed
            self._loosen(missed, now)
        if trail.offset == 0:
            trail.before, trail.number = last, next(self._numbers)

    def _missed(self, place: Place) -> list[Trail]:
        missed: list[Trail] = []
        for path, fd, status in place.missed(self.trails):
            trail = self.enlist(_identity(status), path)
            self._handles.adopt(trail, fd)
            trail.look(status)
            missed.append(trail)
        return missed

    def _look_loose(self, trail: Trail, now: float) -> None:
        try:
            if trail.look(self._handles.open(trail)):
                trail.loose_until = now + GRACE_S
        except OSError:
            trail.loose_until = now

    def _join(self, place: Place, trail: Trail) -> None:
        place.trail, place.missing_since, place.told = trail, None, None
        trail.named_by.add(place.path)
        if trail.loose_until is not None and trail in self._loose:
            self._loose.remove(trail)
        trail.loose_until, trail.ended = None, False
        trail.path = place.path

    def _leave(self, place: Place, trail: Trail, now: float) -> None:
        trail.named_by.discard(place.path)
        if not trail.named_by:
            self._loosen(trail, now)

    def _loosen(self, trail: Trail, now: float) -> None:
        trail.loose_until = now + GRACE_S
        if trail not in self._loose and not trail.ended:
            self._loose.append(trail)

    def _say(self, place: Place, kind: NoticeKind, text: str) -> None:
        place.told = kind
        self._tell(kind, place.path, text, None)


def _identity(status: os.stat_result) -> Identity:
    return (status.st_dev, status.st_ino)
