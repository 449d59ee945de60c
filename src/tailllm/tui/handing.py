"""Commands to hand over: they mean the same in another folder and at another time."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tailllm.store.span import Span
from tailllm.transcript import shell_command
from tailllm.tui.facts import SPANS
from tailllm.tui.scope import Scope, both, during, iso

if TYPE_CHECKING:
    from tailllm.tui.setting import Setting


def command(setting: "Setting", words: Sequence[str], where: str) -> str:
    """The shell command of a verb, its arguments and a filter, over the files that are open."""
    choice = ["--where", where] if where else []
    return shell_command([*words, *choice, "--", *places(setting.targets)])


def places(paths: Iterable[str]) -> list[str]:
    """Paths that do not depend on where one is."""
    return [path if path == "-" else os.path.abspath(path) for path in paths]


def where(setting: "Setting", scope: Scope) -> str:
    """Filter and window with their times written out: `15m` is another stretch tomorrow."""
    return both(filter_of(setting, scope), during(window(setting, scope)))


def filter_of(setting: "Setting", scope: Scope) -> str:
    """The filter alone, with its times written out."""
    from tailllm.store.where.moments import Now
    from tailllm.store.where.written import written_out

    return written_out(scope.filter, Now(setting.clock(), setting.feed.store.newest_at), iso)


def window(setting: "Setting", scope: Scope) -> Span:
    """The window alone, ended now; without ends for all calls."""
    start, end = setting.feed.span_ending_now(SPANS[scope.span][1])
    return Span(start, setting.clock() if start is not None and end is None else end)


def stretch(span: Span) -> str:
    """A span as `A..B`; empty for all times."""
    if span == (None, None):
        return ""
    return "..".join("" if at is None else iso(at) for at in span)
