"""`tailllm corpus scan`: a gate for CI and for a git hook."""

import argparse
from pathlib import Path

from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import narrate, say
from tailllm.errors import Exit, SourceError

HELP = "Look for secrets in the corpus; exit 1 when there is one."
EXAMPLES = """\
  tailllm corpus scan                 the corpus of the config
  tailllm corpus scan evals/corpus    any folder; one line per finding, never the secret
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("what", choices=("scan",), help="what to do with the corpus")
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="instead of the config's")


def run(options: argparse.Namespace) -> int:
    """Say what is found; exit 1 when something is."""
    from tailllm.corpus.scan import scan

    folder = Path(options.folder) if options.folder else corpus(options, open_config(options))
    folder = options.host.cwd / folder
    found = 0
    try:
        for finding in scan(folder):
            found += finding.times
            say(f"{finding.path}:{finding.line} {finding.rule} {finding.times}")
    except OSError as error:
        raise SourceError(
            f"{error.filename or folder} cannot be read: {error.strerror}",
            fix="Name the corpus folder, and give yourself the right to read it.",
        ) from error
    if found:
        narrate(f"tailllm: {found} secrets in {folder}. Rotate them: a commit cannot be unread.")
        return Exit.BAD_NEWS
    return Exit.FINE
