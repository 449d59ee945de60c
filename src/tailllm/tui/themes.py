"""Colours for dark, light, 16-colour and colourless terminals.

Colour is never alone: every state has a sign as well. The themes only make it louder.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from textual.theme import Theme

DARK = Theme(
    name="tailllm-dark",
    primary="#7fb2e5",
    secondary="#9aa7b4",
    accent="#7fb2e5",
    warning="#e5b454",
    error="#ff6e6e",
    success="#7fc28b",
    foreground="#d7dde3",
    background="#12161b",
    surface="#12161b",
    panel="#232a32",
    dark=True,
    variables={"quiet": "#98a4b0", "cursor-line": "#26384c"},
)
LIGHT = Theme(
    name="tailllm-light",
    primary="#1c5fa8",
    secondary="#56616c",
    accent="#1c5fa8",
    warning="#8a5a00",
    error="#b3151f",
    success="#1d6b33",
    foreground="#1b2127",
    background="#fbfbf9",
    surface="#fbfbf9",
    panel="#e4e6e6",
    dark=False,
    variables={"quiet": "#56616c", "cursor-line": "#d3e3f5"},
)

PLAIN_VARIABLES = {"quiet": "ansi_default", "cursor-line": "ansi_default"}
"""Our own colours in themes that are not ours."""

_FEW_COLOURS = ("linux", "vt", "ansi", "xterm", "xterm-color", "xterm-16color", "screen", "dumb")


class Display(Protocol):
    """The `[display]` section of the config."""

    @property
    def theme(self) -> str: ...  # noqa: D102
    @property
    def ascii(self) -> bool: ...  # noqa: D102
    @property
    def mouse(self) -> bool | None: ...  # noqa: D102
    @property
    def low_bandwidth(self) -> bool | None: ...  # noqa: D102


class Look(NamedTuple):
    """How the screens look and how often they are painted."""

    theme: str = DARK.name
    ascii: bool = False
    mouse: bool = True
    paint_s: float = 0.25
    """Seconds between two paints."""
    count_s: float = 1.0
    """Seconds between two counts of the header's numbers."""
    sparing: bool = False
    """Whether each byte to the terminal counts."""


class Asked(NamedTuple):
    """What the command line says of the looks; None leaves it to the config."""

    ascii: bool | None = None
    mouse: bool | None = None
    low_bandwidth: bool | None = None


def look(display: Display, environ: Mapping[str, str], asked: Asked | None = None) -> Look:
    """Choose from the command line, the config and what the terminal says of itself.

    Over SSH the mouse is left to the terminal, so that text can be selected, and the screen
    is painted once a second, which 20 KiB/s can carry.
    """
    asked = asked or Asked()
    far = "SSH_CONNECTION" in environ
    mouse = _first(asked.mouse, display.mouse, not far)
    plain = _first(asked.ascii, display.ascii) or "UTF" not in _encoding(environ).upper()
    sparing = _first(asked.low_bandwidth, display.low_bandwidth, far)
    pace = (1.0, 3.0) if sparing else (0.25, 1.0)
    return Look(_theme(display.theme, environ), plain, mouse, *pace, sparing)


def _first(*said: bool | None) -> bool:
    return next((one for one in said if one is not None), False)


def _theme(wanted: str, environ: Mapping[str, str]) -> str:
    dark = not _is_light(environ)
    if "NO_COLOR" in environ:
        # With an RGB theme Textual turns red into dark grey on black.
        return "ansi-dark" if dark else "ansi-light"
    if wanted == "auto":
        wanted = "ansi" if _few_colours(environ) else "dark" if dark else "light"
    if wanted == "ansi":
        return "ansi-dark" if dark else "ansi-light"
    return LIGHT.name if wanted == "light" else DARK.name


def _few_colours(environ: Mapping[str, str]) -> bool:
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return False
    term = environ.get("TERM", "")
    return term in _FEW_COLOURS or term.startswith(("vt1", "vt2"))


def _is_light(environ: Mapping[str, str]) -> bool:
    """COLORFGBG is `15;0` or `0;default;15`: 7 and 15 are light backgrounds."""
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def _encoding(environ: Mapping[str, str]) -> str:
    """The character set of the locale; UTF-8 where nobody says anything."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environ.get(name)
        if value:
            return "utf-8" if value in ("C.utf8", "POSIX.utf8") else value
    return "utf-8"
