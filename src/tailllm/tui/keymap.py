"""`[keys]` of the config, checked at the start: Textual lets a clash win silently."""

from collections.abc import Mapping
from difflib import get_close_matches

from textual.keys import _character_to_key

from tailllm.errors import ConfigError
from tailllm.tui.command import Command
from tailllm.tui.commands import COMMANDS


def keymap(wanted: Mapping[str, str]) -> dict[str, str]:
    """Keys by command id as Textual spells them.

    Raises:
        ConfigError: A command nobody has, an empty key, or one key for two commands.
    """
    known = {command.id: command for command in COMMANDS}
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            fix = f"Did you mean {near[0]}?" if near else "Press ? in tailllm to see the commands."
            raise ConfigError(f"[keys] {name}: no such command.", fix=fix)
    spelled = {name: _spelled(name, keys) for name, keys in wanted.items()}
    for command in COMMANDS:
        for screen in command.on:
            _no_clash(command, screen, spelled)
    return spelled


def _spelled(name: str, keys: str) -> str:
    found = [key.strip() for key in keys.split(",")] if keys != "," else [","]
    if not all(found):
        raise ConfigError(f"[keys] {name}: a key is missing.", fix='Write it like "m" or "m,x".')
    return ",".join(_character_to_key(key) if len(key) == 1 else key for key in found)


def _no_clash(command: Command, screen: str, spelled: Mapping[str, str]) -> None:
    mine = set(spelled.get(command.id, command.keys).split(","))
    for other in COMMANDS:
        if other.id == command.id or screen not in other.on:
            continue
        both = mine & set(spelled.get(other.id, other.keys).split(","))
        if both:
            raise ConfigError(
                f"[keys] {', '.join(sorted(both))} would mean both {command.id} and {other.id} "
                f"on the {screen} screen.",
                fix=f"Choose another key for one of them; now {command.id} is "
                f'"{command.keys}" and {other.id} is "{other.keys}".',
            )
