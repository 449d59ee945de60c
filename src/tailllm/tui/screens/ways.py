"""From its name to the screen that answers a question."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.tui.scope import Scope
    from tailllm.tui.screens.question import Question
    from tailllm.tui.setting import Setting


class Here(NamedTuple):
    """The call a question is asked from."""

    at: float | None = None
    """Seconds since the epoch."""
    prompt: str | None = None
    """Its prompt version."""


def question(name: str, setting: "Setting", scope: "Scope", here: Here) -> "Question":
    """The screen of a name; loaded only now."""
    if name == "changed":
        from tailllm.tui.screens.changed import ChangedScreen

        return ChangedScreen(setting, scope, here)
    return _screen(name)(setting, scope)


def _screen(name: str) -> "Callable[[Setting, Scope], Question]":
    """Those that do not ask from which call one comes."""
    match name:
        case "groups":
            from tailllm.tui.screens.groups import GroupsScreen

            return GroupsScreen
        case "versions":
            from tailllm.tui.screens.versions import VersionsScreen

            return VersionsScreen
        case "drift":
            from tailllm.tui.screens.drift import DriftScreen

            return DriftScreen
        case "timeline":
            from tailllm.tui.screens.timeline import TimelineScreen

            return TimelineScreen
        case "blind":
            from tailllm.tui.screens.blind import BlindScreen

            return BlindScreen
    from tailllm.tui.screens.variants import VariantsScreen

    return VariantsScreen
