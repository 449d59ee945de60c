"""`tailllm diff`: two calls side by side."""

import argparse

from tailllm.cli.diffing import print_pair
from tailllm.cli.opening import find, loaded, open_config
from tailllm.cli.output import json_text
from tailllm.cli.parser import add_paths
from tailllm.errors import Exit

EXAMPLES = """\
  tailllm diff resp:chatcmpl-1 resp:chatcmpl-2 logs/
  tailllm diff KEY KEY logs/ --json | jq .prefix      what broke the provider's prompt cache
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("key", metavar="KEY", help="as `tailllm calls` prints it")
    parser.add_argument("other", metavar="KEY", help="of the call to compare it with")
    add_paths(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Compare them; that they differ is no bad news."""
    with loaded(options, open_config(options)) as feed:
        rows = [find(feed, key, options.paths) for key in (options.key, options.other)]
        one, other = (feed.call(row) for row in rows)
    from tailllm.ask.pair import pair

    found = pair(one, other)
    if options.json:
        print(json_text(found.as_json(), indent=2))
    else:
        print_pair(found)
    return Exit.FINE
