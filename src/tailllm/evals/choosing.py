"""Which cases of a corpus a run is about."""

import subprocess
from collections.abc import Iterable
from glob import glob
from pathlib import Path
from typing import NamedTuple

from tailllm.config.model import Config
from tailllm.corpus.case import Case
from tailllm.errors import SourceError, UsageError

RUN = frozenset({"active", "quarantined"})
"""States of cases that are run; a draft is not ready, a retired case is history."""


class Choice(NamedTuple):
    """What the command line asks for; empty asks for everything."""

    words: tuple[str, ...] = ()
    """A case is chosen when its id or title contains one of these."""
    tags: tuple[str, ...] = ()
    """A case is chosen when it has one of these."""
    changed: str | None = None
    """A git revision: cases are chosen whose prompt, files or own file changed since."""
    ids: tuple[str, ...] = ()
    """A case is chosen when it is one of these."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.words or self.tags or self.ids) and self.changed is None


EVERYTHING = Choice()


def choose(
    cases: Iterable[Case], paths: dict[str, Path], config: Config, choice: Choice
) -> list[Case]:
    """The cases that are run.

    Raises:
        SourceError: There is none: an empty run would say that all is well.
        UsageError: git cannot tell what changed.
    """
    runnable = [case for case in cases if case.status in RUN]
    if not runnable:
        raise SourceError(
            "the corpus has no case to run",
            fix="Mark calls with m and accept them: `tailllm inbox`, or name another --corpus.",
        )
    found = [case for case in runnable if _is_named(case, choice)]
    if choice.changed is not None:
        changed = changed_files(choice.changed, _a_folder(paths))
        found = [case for case in found if _touched(case, paths[case.id], config, changed)]
    if not found:
        raise SourceError(
            f"none of {len(runnable)} cases is left: the filters leave all of them out",
            fix="Widen --tag, --changed or the words, so that something is evaluated.",
        )
    return found


def changed_files(revision: str, folder: Path) -> frozenset[Path]:
    """Files of the work tree that differ from a revision, and those git does not know.

    Raises:
        UsageError: git is not there, or does not know the revision.
    """
    if revision.startswith("-"):
        raise UsageError(f"{revision} is no git revision", fix="Write --changed=main, for example.")
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    names = _git(root, "diff", "--name-only", "-z", revision, "--").split("\0")
    names += _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return frozenset((root / name).resolve() for name in names if name)


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, check=True, timeout=30
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(
            f"git cannot tell what changed: {said[-1] if said else 'no reason given'}",
            fix="Name a revision that git knows, such as --changed=main.",
        ) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"git cannot tell what changed: {error}", fix="Leave --changed out."
        ) from None
    return done.stdout.decode("utf-8", "surrogateescape")


def _is_named(case: Case, choice: Choice) -> bool:
    if choice.ids and case.id not in choice.ids:
        return False
    texts = (case.id.lower(), case.title.lower())
    named = not choice.words or any(w.lower() in text for w in choice.words for text in texts)
    return named and (not choice.tags or bool(set(choice.tags) & set(case.tags)))


def _touched(case: Case, path: Path, config: Config, changed: frozenset[Path]) -> bool:
    target = config.targets.get(case.target) or config.targets.get(config.eval.target or "")
    files = {path.resolve()}
    if target is not None:
        files |= {Path(target.prompt).resolve()} if target.prompt else set()
        files |= {Path(name).resolve() for name in _all(target.files)}
    return bool(files & changed)


def _all(globs: Iterable[str]) -> list[str]:
    return [name for pattern in globs for name in glob(pattern, recursive=True)]


def _a_folder(paths: dict[str, Path]) -> Path:
    return next(iter(paths.values())).parent
