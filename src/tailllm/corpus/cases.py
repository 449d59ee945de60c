"""All cases of a corpus folder, and every file among them nobody can obey.

Reading TOML is the slow part, so what was read once is kept in a cache by the hash of the
file's bytes: it can be old, deleted or damaged, and never wrong.
"""

import contextlib
import gc
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
from pydantic import ValidationError

from tailllm.corpus.case import Case
from tailllm.corpus.case_file import SUFFIX, CaseFileError, loads, replace
from tailllm.corpus.wordings import FOLDER

FORMAT = "2"
"""Part of the cache's name: another shape of case makes another cache."""


class Problem(NamedTuple):
    """A file that gave no case."""

    path: Path
    what: str
    """`key: what is wrong`, one line."""

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


class Loaded(NamedTuple):
    """What a corpus folder holds."""

    cases: tuple[Case, ...]
    """By id; retired ones and drafts too."""
    problems: tuple[Problem, ...]
    """By path. A run over a corpus with problems is no answer about the whole corpus."""
    paths: Mapping[str, Path]
    """File of each case, by its id."""


def load_cases(folder: Path, *, cache: Path | None = None) -> Loaded:
    """Read every case below `folder`/cases.

    Args:
        folder: The corpus folder; one that is not there has no cases.
        cache: Folder for what was read, see `cache_folder`; None reads everything anew.

    Raises:
        Nothing. A file nobody can read is a problem in the answer.
    """
    kept = _Kept(cache / f"cases-{FORMAT}-{_name(folder)}.json" if cache else None)
    cases: dict[str, Case] = {}
    paths: dict[str, Path] = {}
    problems: list[Problem] = []
    with _without_pauses():
        for path in _files(folder / FOLDER):
            try:
                case = kept.read(path)
                if case.id in cases:
                    raise CaseFileError(f"id: {case.id} is also the id of {paths[case.id]}")
            except OSError as error:
                problems.append(Problem(path, f"file: cannot be read: {error.strerror}"))
            except CaseFileError as error:
                problems.append(Problem(path, str(error)))
            else:
                cases[case.id], paths[case.id] = case, path
    kept.save()
    return Loaded(tuple(cases[id_] for id_ in sorted(cases)), tuple(problems), paths)


@contextlib.contextmanager
def _without_pauses() -> Iterator[None]:
    """Nothing made here is garbage, and looking for it would take as long as the reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The XDG cache folder of tailllm; safe to delete at any time."""
    cache = Path(environ.get("XDG_CACHE_HOME") or "")
    home = Path(environ.get("HOME") or Path.home())
    return (cache if cache.is_absolute() else home / ".cache") / "tailllm"


def _name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(place, name)


class _Kept:
    """What was read before, as JSON by the hash of the file's bytes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, msgspec.Raw] = {}
        self._used: dict[str, msgspec.Raw] = {}
        self._new = False
        if path:
            # A flipped bit may leave JSON that reads well and says something else: all of it
            # is looked through for the sum in its first line, or is not believed at all.
            try:
                said, _, text = _content(path).partition(b"\n")
                if _sum(text) == said:
                    self._known = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            except (OSError, msgspec.MsgspecError):
                self._known = {}

    def read(self, path: Path) -> Case:
        with path.open("rb", buffering=0) as file:
            content = file.readall()
        digest = hashlib.sha256(content).hexdigest()
        known = self._known.get(digest)
        if known is not None:
            try:
                case = Case.model_validate_json(bytes(known))
            except ValidationError:
                pass
            else:
                self._used[digest] = known
                return case
        case = _parsed(content)
        text = case.model_dump_json(by_alias=True).encode()
        if _reads_back(text, case):
            self._new = True
            self._used[digest] = msgspec.Raw(text)
        return case

    def save(self) -> None:
        """Keep what was used; a cache that cannot be written costs time and nothing else."""
        if not self._path or not (self._new or len(self._used) < len(self._known)):
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = msgspec.json.encode(self._used)
            replace(self._path, (_sum(text) + b"\n" + text).decode())
        except OSError:
            pass


def _content(path: Path) -> bytes:
    """Of a plain file; nothing of a pipe, which nobody may ever fill."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""


def _sum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _reads_back(text: bytes, case: Case) -> bool:
    """Whether JSON can hold this case: it has no dates and no infinity."""
    try:
        return Case.model_validate_json(text) == case
    except ValidationError:
        return False


def _parsed(content: bytes) -> Case:
    try:
        return loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CaseFileError(f"file: not UTF-8 text (byte {error.start})") from None
