"""`tailllm inbox`: triage without a screen, and the way in for what people dropped."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.inbox_add import report
from tailllm.cli.inbox_digest import show as show_digest
from tailllm.cli.inbox_ledger import link as link_report
from tailllm.cli.inbox_ledger import show as show_ledger
from tailllm.cli.inbox_list import show
from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import narrate, say
from tailllm.cli.parser import Parser, everywhere
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from tailllm.config.model import Config
    from tailllm.corpus.inbox import Inbox
    from tailllm.corpus.items import Item

EXAMPLES = """\
  tailllm inbox list                                  what waits, oldest first
  tailllm inbox add --log logs/ < transcript.txt      drop a report; its logged call is looked for
  tailllm inbox accept 3f9c2a77 --label refund        make it a case that runs
  tailllm inbox dismiss 3f9c2a77 --why "works as meant"
  tailllm inbox ledger                                what became of each report, who was told
  tailllm inbox digest                                this week against the last, for a chat
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    whats = parser.add_subparsers(metavar="WHAT", dest="what", required=True, parser_class=Parser)
    parents = [everywhere()]
    listing = whats.add_parser("list", help="what waits, oldest first", parents=parents)
    listing.add_argument("--all", action="store_true", help="decided items too")
    listing.add_argument("--json", action="store_true", help="one object per item")
    listing.set_defaults(act=show)
    _add_report(whats.add_parser("add", help="drop a transcript, JSON or a file", parents=parents))
    accept = whats.add_parser("accept", help="make an item a case", parents=parents)
    _add_item(accept)
    _add_words(accept)
    accept.add_argument("--title", metavar="TEXT", help="instead of the note")
    accept.add_argument("--target", metavar="NAME", help="instead of the call's prompt")
    accept.set_defaults(act=_accept)
    dismiss = whats.add_parser("dismiss", help="say why it becomes no case", parents=parents)
    _add_item(dismiss)
    reason = dismiss.add_mutually_exclusive_group(required=True)
    reason.add_argument("--why", metavar="TEXT", help="the reason, for whoever reported it")
    reason.add_argument("--duplicate-of", metavar="CASE", help="the case that covers it")
    dismiss.set_defaults(act=_dismiss)
    _add_channel(whats, parents)
    undo = whats.add_parser("undo", help="take your latest decision back", parents=parents)
    undo.set_defaults(act=_undo)
    for sub in whats.choices.values():
        sub.set_defaults(verb=sub)


def run(options: argparse.Namespace) -> int:
    """Do one of them."""
    config = open_config(options)
    inbox = open_inbox(options, config)
    code: int = options.act(options, config, inbox)
    return code


def open_inbox(options: argparse.Namespace, config: "Config") -> "Inbox":
    """The inbox of this command line's corpus."""
    from tailllm.corpus import opening

    folder = corpus(options, config)
    return opening.open_inbox(
        folder, by=config.by, environ=options.host.environ, redact=config.redact
    )


def find_item(inbox: "Inbox", start: str) -> "Item":
    """The item whose id starts like this.

    Raises:
        UsageError: None does, or several do.
    """
    found = [item for item in inbox.read().items if item.mark_id.startswith(start)]
    if len(found) == 1:
        return found[0]
    few = ", ".join(item.mark_id[:16] for item in found[:3])
    raise UsageError(
        f"{len(found) or 'no'} items start with {start!r}",
        fix=f"Write more of one: {few}" if found else "`tailllm inbox list --all` lists them.",
    )


def _add_item(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", metavar="ITEM", help="the start of its id")


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--note", metavar="TEXT", help="what was weird")
    parser.add_argument("--expect", metavar="TEXT", help="what should have happened")
    parser.add_argument("--label", metavar="WORD", action="append", default=[], help="repeatable")


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="default: stdin")
    parser.add_argument("--log", metavar="PATH", action="append", default=[], help="look here")
    parser.add_argument("--from", dest="source", metavar="WHERE", help="slack, github, mail, …")
    parser.add_argument("--reporter", metavar="NAME", help="who is told when it passes")
    parser.add_argument("--link", metavar="URL", help="where they wait for an answer")
    parser.add_argument("--user", metavar="ID", help="whose call it was, as logged")
    parser.add_argument("--at", metavar="TIME", help="when, about")
    _add_words(parser)
    parser.set_defaults(act=report)


def _add_channel(whats: "argparse._SubParsersAction[Parser]", parents: list[Parser]) -> None:
    """What became of reports."""
    ledger = whats.add_parser("ledger", help="what became of each report", parents=parents)
    ledger.add_argument("--json", action="store_true", help="one object per report")
    ledger.set_defaults(act=show_ledger)
    link = whats.add_parser("link", help="say which logged call it is about", parents=parents)
    link.add_argument("report", metavar="REPORT", help="the start of its id or its item's")
    link.add_argument("key", metavar="KEY", help="of the call")
    link.add_argument("--log", metavar="PATH", action="append", default=[], help="look here")
    link.set_defaults(act=link_report)
    digest = whats.add_parser("digest", help="this week against the last", parents=parents)
    form = digest.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("chat", "markdown"), default="chat", help="of the text")
    form.add_argument("--json", action="store_true", help="one object")
    digest.set_defaults(act=show_digest)


def _accept(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    item = find_item(inbox, options.item)
    if options.note or options.label or options.expect:
        inbox.words(item, note=options.note, labels=options.label or None, expected=options.expect)
        item = find_item(inbox, item.mark_id)
    accepted = inbox.accept(
        item,
        validators={spec.name for spec in config.validators},
        title=options.title,
        target=options.target,
    )
    if accepted.case.status == "draft":
        narrate("tailllm: the request held more than text; the case is a draft, read it first.")
    say(f"{accepted.case.id} {accepted.path}")
    return Exit.FINE


def _undo(_: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Say what was taken back."""
    narrate(f"tailllm: {inbox.undo() or 'nothing to undo'}.")
    return Exit.FINE


def _dismiss(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    item = find_item(inbox, options.item)
    if options.why is not None:
        inbox.dismiss(item, options.why)
        return Exit.FINE
    from tailllm.feed.triage import Triage

    Triage(inbox, validators=()).duplicate(item, options.duplicate_of)
    return Exit.FINE
