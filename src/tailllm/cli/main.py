"""Arguments in, exit code out: finds the verb, runs it, and says every refusal in one line."""

import argparse
import os
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any

from tailllm import __version__
from tailllm.cli.about import About
from tailllm.cli.output import narrate
from tailllm.cli.parser import Host, Parser, everywhere, here
from tailllm.cli.verbs import VERBS, Verb
from tailllm.errors import Exit, TailllmError, UsageError

VALUED = (
    frozenset({"--config", "--corpus", "--where", "--since", "--by"})
    | frozenset(
        {"--note", "--expect", "--label", "--seconds", "--why", "--duplicate-of", "--title"}
    )
    | frozenset({"--target", "--log", "--from", "--reporter", "--link", "--user", "--at"})
    | frozenset({"--tag", "--samples", "-j", "--jobs", "--run", "--budget", "--max-seconds"})
    | frozenset({"-n", "--who", "--seed", "--mix", "--stop", "--sort"})
    | frozenset({"--junit", "--markdown", "--cur", "--ref"})
    | frozenset({"--after", "--before", "--window", "--prompt", "--rows", "--buckets", "--speed"})
    | frozenset({"--out", "--format", "--call", "--min-calls", "--max-p50", "--max-p95"})
    | frozenset({"--max-p99", "--max-ttft-p95", "--max-fail", "--max-errors", "--max-bad"})
)
"""Options whose next word is theirs even when it starts with a dash: `--where -status:ok`."""
INTERRUPTED = 130
"""What shells expect of a program that ctrl+c ended."""

ABOUT = """\
Follow language-model calls, read exactly what the model saw, keep one for the eval corpus.

  tailllm /var/log/assist/             follow every log in a folder
  tailllm 'logs/*.jsonl' other.log     globs (new matches join in) and files
  kubectl logs -f pod | tailllm -      whatever comes in on stdin
  tailllm demo                         a two-minute tour over simulated traffic
"""
MORE = """\
`tailllm COMMAND --help` has examples. Exit codes: 0 fine, 1 bad news, 2 wrong usage or
config, 3 could not tell (nothing readable or evaluated), 4 a mark cannot be kept.
"""


def run(argv: Sequence[str], host: Host | None = None) -> int:
    """Run one command.

    Returns:
        The exit code (`errors.Exit`). Bad input is one line on stderr, never a traceback.
    """
    _never_fail_to_print()
    try:
        code = _run(argv, host or here())
        sys.stdout.flush()
    except TailllmError as error:
        narrate(f"tailllm: {_sentence(error.what)} {_sentence(error.fix)}")
        return int(error.exit_code)
    except BrokenPipeError:
        _leave_stdout()
        return int(Exit.FINE)
    except KeyboardInterrupt:
        narrate("tailllm: interrupted.")
        return INTERRUPTED
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return int(code)


def build_parser(verbs: Collection[str] = VERBS) -> Parser:
    """The command line.

    Args:
        verbs: Those whose arguments are wanted; of the others it knows the names.
    """
    parser = Parser(
        prog="tailllm",
        description=ABOUT,
        epilog=MORE,
        parents=[everywhere()],
        usage="tailllm [COMMAND] [PATH ...] [options]",
    )
    parser.add_argument("--version", action="version", version=f"tailllm {__version__}")
    parser.add_argument(
        "--about", action=About, nargs=0, help="say what this is made of and what it takes"
    )
    known = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog="tailllm", parser_class=Parser
    )
    shared = [everywhere()]
    for name, verb in VERBS.items():
        if name in verbs:
            _add_verb(known, name, verb, shared)
        else:
            known.add_parser(name, help=verb.help, add_help=False)
    return parser


def _add_verb(known: Any, name: str, verb: Verb, shared: list[Parser]) -> None:
    module = verb.load()
    about = f"{verb.help}\n\n{module.EXAMPLES}"
    parser = known.add_parser(name, help=verb.help, description=about, parents=shared)
    module.add(parser)
    parser.set_defaults(run=module.run, verb=parser)


def _run(argv: Sequence[str], host: Host) -> int:
    options = argparse.Namespace(config=None, corpus=None, host=host)
    words = _with_verb(_joined(argv), host)
    _, unknown = build_parser({_first_word(words) or ""}).parse_known_args(words, options)
    if unknown:
        _refuse_option(unknown[0], options.verb)
    code: int = options.run(options)
    return code


def _with_verb(argv: list[str], host: Host) -> list[str]:
    """`tailllm PATH…` is short for `tailllm follow PATH…`."""
    word = _first_word(argv)
    if word in VERBS:
        return argv
    if word is None and {"-h", "--help", "--version", "--about"} & set(argv):
        return argv
    if word is not None and re.fullmatch(r"[A-Za-z_-]+", word) and word != "-":
        _refuse_unknown(word, host)
    return ["follow", *argv]


def _joined(argv: Sequence[str]) -> list[str]:
    """Every option and its value as one word, up to `--`."""
    words = iter(argv)
    found: list[str] = []
    for word in words:
        if word == "--":
            return [*found, word, *words]
        value = next(words, None) if word in VALUED else None
        found.append(word if value is None else f"{word}={value}")
    return found


def _first_word(argv: Sequence[str]) -> str | None:
    """The first argument that is no option."""
    return next((word for word in argv if word == "-" or not word.startswith("-")), None)


def _refuse_unknown(word: str, host: Host) -> None:
    """A bare word that is no file is a mistyped command, not a log to wait for."""
    if os.path.lexists(host.cwd / word):
        return
    near = _near(word, VERBS)
    hint = f'Did you mean "tailllm {near[0]}"?' if near else f"Commands: {', '.join(VERBS)}."
    raise UsageError(
        f'there is no command and no file "{word}"',
        fix=f"{hint} To wait for a file of that name, write ./{word}",
    )


def _refuse_option(word: str, verb: Parser) -> None:
    known = [option for action in verb._actions for option in action.option_strings]
    near = _near(word.partition("=")[0], known)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(f"unknown argument {word}", fix=f"{hint}See {verb.prog} --help")


def _near(word: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word, known, n=1, cutoff=0.5)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _never_fail_to_print() -> None:
    """A terminal that is not UTF-8 gets escapes, not an exception."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _leave_stdout() -> None:
    """The reader has gone; Python must not complain about it once more at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
