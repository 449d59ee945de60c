"""The tail faults of the suite, played to other programs that follow a file.

    python -m bench.followers        a table of what each showed, for docs/reliability.md

The faults are the functions of tests/pty/test_tail_faults.py, so everybody gets the same.
"""

import inspect
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pty import test_tail_faults as faults
from tests.pty.terminal import TAILLLM, Terminal, start

COLUMNS, ROWS = 400, 60
PATIENCE_S = 8.0
"""Who has not shown it by then does not show it."""
REST_S = 0.4
TELL_EVERY_S = 1.0
"""Keys that come faster keep lnav from reading."""
MARKER = re.compile(rb"MK-\d{4}")
OTHERS: dict[str, list[str]] = {
    "tailllm": [*TAILLLM],
    "tail -F": ["tail", "-n", "+1", "-F"],
    "less +F": ["less", "-S", "--follow-name", "+F"],
    "lnav": ["lnav"],
}
BEGINNING = "MK-00"
"""Of every marker; two digits follow."""
OWN_FORM = {"test_ten_thousand_lines_at_once", "test_a_swapped_symlink"}
"""Faults that the suite plays in the words of tailllm's screen; below in everybody's."""


def scenarios() -> dict[str, Callable[..., None]]:
    """Every fault that needs a log and a screen only."""
    found = inspect.getmembers(faults, inspect.isfunction)
    others = {n: f for n, f in found if n.startswith("test_") and n not in OWN_FORM}
    return others | {f.__name__: f for f in (ten_thousand_lines_at_once, a_swapped_symlink)}


def ten_thousand_lines_at_once(log: Path, ends_with: Callable[[str], None]) -> None:
    faults.append(log, b"".join(faults.call(f"MK-{n:04d}") for n in range(1, 10_000)))

    ends_with("MK-9999")


def a_swapped_symlink(log: Path, shows: Callable[..., None]) -> None:
    """`log` is a link from the start."""
    green, swap = log.with_name("green.jsonl"), log.with_name("swap")
    green.write_bytes(faults.call("MK-0001"))
    swap.symlink_to(green.name)
    swap.replace(log)
    shows(1)
    faults.append(green, faults.call("MK-0002"))

    shows(1, 2)


def shown(terminal: Terminal, name: str) -> list[str]:
    """The markers that a reader sees, in order."""
    if name == "tailllm":
        return faults.shown(terminal.screen())
    if name == "tail -F":
        return [found.decode() for found in MARKER.findall(terminal.raw)]
    return [found.decode() for found in MARKER.findall(terminal.screen().encode())]


@contextmanager
def follower(name: str, log: Path) -> Iterator[Terminal]:
    columns = 100 if name == "tailllm" else COLUMNS
    terminal = start([*OTHERS[name], str(log)], columns=columns, rows=ROWS, cwd=log.parent)
    try:
        yield terminal
    finally:
        terminal.close()


def wait(terminal: Terminal, name: str, key: str, holds: Callable[[list[str]], bool]) -> None:
    """Until what a reader sees is as it should be; lnav goes where its reader tells it."""
    until, told = time.monotonic() + PATIENCE_S, 0.0
    while not holds(shown(terminal, name)):
        now = time.monotonic()
        if now > until or not terminal.is_alive():
            raise AssertionError(name)
        if name == "lnav" and now > told + TELL_EVERY_S:
            terminal.send(key)
            told = now
        time.sleep(0.1)


def plays(name: str, fault: Callable[..., None]) -> bool:
    """Whether the reader of `name` saw every call once."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "calls.jsonl")
        blue = log.with_name("blue.jsonl")
        blue.write_bytes(faults.call("MK-0000"))
        if fault is a_swapped_symlink:
            log.symlink_to(blue.name)
        else:
            blue.rename(log)
        with follower(name, log) as terminal:

            def comes(*numbers: int) -> None:
                expected = [f"{BEGINNING}{number:02d}" for number in (0, *numbers)]
                wait(terminal, name, "g", lambda seen: seen == expected)

            def shows(*numbers: int) -> None:
                comes(*numbers)
                seen = shown(terminal, name)
                time.sleep(REST_S)
                assert shown(terminal, name) == seen

            def ends_with(marker: str) -> None:
                wait(terminal, name, "G", lambda seen: seen[-1:] == [marker])

            try:
                if name == "tailllm":
                    terminal.wait_for(" held")
                shows()
                given = {"log": log, "mk": BEGINNING, "comes": comes, "shows": shows}
                given |= {"terminal": terminal, "ends_with": ends_with}
                fault(**{word: given[word] for word in inspect.signature(fault).parameters})
            except AssertionError:
                return False
    return True


def main() -> None:
    names = [name for name, argv in OTHERS.items() if name == "tailllm" or shutil.which(argv[0])]
    print(f"| fault | {' | '.join(names)} |")
    print(f"|---|{'---|' * len(names)}")
    totals = dict.fromkeys(names, 0)
    for fault, play in scenarios().items():
        results = {name: plays(name, play) for name in names}
        for name, seen in results.items():
            totals[name] += seen
        words = fault.removeprefix("test_").replace("_", " ")
        print(f"| {words} | {' | '.join('✓' if r else '✗' for r in results.values())} |")
        sys.stdout.flush()
    print(f"| **seen** | {' | '.join(f'**{n}**' for n in totals.values())} |")


if __name__ == "__main__":
    main()
