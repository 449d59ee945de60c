"""`tailllm corpus`: what is in it, what is wrong with it, what it lacks."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.parser import Parser, add_paths, add_semantic, add_since, add_where, everywhere
from tailllm.cli.pull import pull
from tailllm.errors import Exit, SourceError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.corpus.case import Case
    from tailllm.corpus.cases import Loaded

EXAMPLES = """\
  tailllm corpus list --tag refund       one row per case
  tailllm corpus check                   exit 1 when a file cannot be obeyed
  tailllm corpus coverage                by label and prompt; which cases never failed
  tailllm corpus coverage logs/          and what of the traffic has no case
  tailllm corpus export > cases.jsonl    id, input, target, metadata, as Inspect reads them
  tailllm corpus pull ops@web-1:corpus   fetch marks made on a production host
  tailllm corpus scan                    look for secrets; exit 1 when there is one
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    whats = parser.add_subparsers(metavar="WHAT", dest="what", required=True, parser_class=Parser)
    parents = [everywhere()]
    for name, (act, about) in ACTS.items():
        what = whats.add_parser(name, help=about, description=about, parents=parents)
        what.set_defaults(act=act, verb=what)
    for name in ("list", "export"):
        whats.choices[name].add_argument("--tag", metavar="WORD", help="only with this label")
    for name in ("list", "coverage"):
        whats.choices[name].add_argument("--json", action="store_true", help="JSON instead")
    add_paths(whats.choices["coverage"], nargs="*")
    add_where(whats.choices["coverage"])
    add_since(whats.choices["coverage"])
    add_semantic(whats.choices["coverage"])
    for name in ("show", "status"):
        whats.choices[name].add_argument("case", metavar="CASE", help="the start of its id")
    whats.choices["status"].add_argument(
        "status", choices=("active", "quarantined", "draft", "retired"), help="from now on"
    )
    whats.choices["pull"].add_argument("place", metavar="USER@HOST:PATH", help="as for scp")
    whats.choices["scan"].add_argument(
        "folder", nargs="?", metavar="FOLDER", help="instead of the config's"
    )


def run(options: argparse.Namespace) -> int:
    """Do one of them."""
    code: int = options.act(options)
    return code


def _loaded(options: argparse.Namespace) -> "tuple[Path, Loaded]":
    """The corpus folder and its cases.

    Raises:
        SourceError: There is none: an empty corpus is no answer to anything.
    """
    from tailllm.corpus.cases import cache_folder, load_cases

    folder = corpus(options, open_config(options))
    loaded = load_cases(folder, cache=cache_folder(options.host.environ))
    if not loaded.cases and not loaded.problems:
        raise SourceError(
            f"there is no case in {folder}",
            fix="`tailllm inbox accept` makes one of a mark; --corpus names another folder.",
        )
    return folder, loaded


def _list(options: argparse.Namespace) -> Exit:
    _, loaded = _loaded(options)
    for case in _tagged(loaded, options):
        say(json_text(_facts(case)) if options.json else _row(case))
    return _ended(loaded)


def _facts(case: "Case") -> dict[str, object]:
    whole = case.model_dump(mode="json", by_alias=True)
    return {k: whole[k] for k in ("id", "title", "target", "tags", "status", "severity", "source")}


def _row(case: "Case") -> str:
    aside = "" if case.status == "active" else f"  ({case.status})"
    return f"{case.id}  {case.target}  {','.join(case.tags) or '-'}  {case.title}{aside}"


def _show(options: argparse.Namespace) -> Exit:
    for line in _file(options).read_text("utf-8").splitlines():
        say(line)
    return Exit.FINE


def _status(options: argparse.Namespace) -> Exit:
    from tailllm.corpus.case_file import set_status

    path = _file(options)
    set_status(path, options.status)
    say(f"{path.stem} {options.status}")
    return Exit.FINE


def _file(options: argparse.Namespace) -> Path:
    """The file of the case that is meant."""
    _, loaded = _loaded(options)
    found = [case.id for case in loaded.cases if case.id.startswith(options.case)]
    found = [options.case] if options.case in found else found
    if len(found) != 1:
        few = ", ".join(found[:3])
        raise UsageError(
            f"{len(found) or 'no'} cases start with {options.case!r}",
            fix=f"Write more of one: {few}" if found else "`tailllm corpus list` lists them.",
        )
    return loaded.paths[found[0]]


def _check(options: argparse.Namespace) -> Exit:
    from tailllm.corpus.checking import remarks

    config = open_config(options)
    folder, loaded = _loaded(options)
    validators = {spec.name for spec in config.validators}
    wrong = 0
    for remark in remarks(loaded, folder=folder, validators=validators):
        wrong += remark.wrong
        say(f"{remark.path}: {remark.what}" if remark.wrong else f"{remark.path}: ({remark.what})")
    narrate(f"{counted(len(loaded.cases), 'case')}, {counted(wrong, 'problem')}.")
    return Exit.BAD_NEWS if wrong else Exit.FINE


def _coverage(options: argparse.Namespace) -> Exit:
    from tailllm.cli.coverage import show
    from tailllm.corpus.coverage import coverage, failed_before

    folder, loaded = _loaded(options)
    against = None
    if options.paths:
        from tailllm.cli.against import against as held_against

        against = held_against(options, loaded.cases)
    found = coverage(loaded.cases, failed_before(folder))
    show(found, as_json=options.json, against=against)
    code = _ended(loaded)
    return Exit.UNKNOWN if against is not None and not against.blind.share.of else code


def _export(options: argparse.Namespace) -> Exit:
    from tailllm.corpus.clean import Cleaner
    from tailllm.corpus.export import sample
    from tailllm.corpus.rules import compiled

    rules = compiled(open_config(options).redact)
    _, loaded = _loaded(options)
    for case in _tagged(loaded, options):
        if case.status in ("active", "quarantined"):
            say(json_text(Cleaner(rules).value(sample(case))))
    return _ended(loaded)


def _tagged(loaded: "Loaded", options: argparse.Namespace) -> "list[Case]":
    return [case for case in loaded.cases if options.tag is None or options.tag in case.tags]


def _ended(loaded: "Loaded") -> Exit:
    """Files that gave no case are told: what was printed is not the whole corpus."""
    for problem in loaded.problems:
        narrate(f"tailllm: {problem}")
    return Exit.UNKNOWN if loaded.problems else Exit.FINE


def _schema(_: argparse.Namespace) -> Exit:
    from tailllm.corpus.case_schema import schema

    for line in json_text(schema(), indent=2).split("\n"):
        say(line)
    return Exit.FINE


def _scan(options: argparse.Namespace) -> Exit:
    """Say which secrets are found; exit 1 when there are any."""
    from tailllm.corpus.rules import compiled
    from tailllm.corpus.scan import scan

    config = open_config(options)
    folder = Path(options.folder) if options.folder else corpus(options, config)
    folder = options.host.cwd / folder
    found = 0
    try:
        for finding in scan(folder, compiled(config.redact)):
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


ACTS = {
    "pull": (pull, "fetch marks that were made on another host, over ssh"),
    "list": (_list, "one row per case"),
    "show": (_show, "one case as it stands in its file"),
    "status": (_status, "quarantine a case, retire it, or run it again"),
    "check": (_check, "what is wrong with any file; exit 1 when something is"),
    "coverage": (
        _coverage,
        "by label, prompt, person; with PATHs, what of the traffic has no case",
    ),
    "export": (_export, "id, input, target, metadata as JSON lines"),
    "schema": (_schema, "the JSON Schema of a case file, for editors"),
    "scan": (_scan, "look for secrets; exit 1 when there is one"),
}
