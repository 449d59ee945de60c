"""What a corpus covers, as rows or as one JSON object."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tailllm.cli import against as traffic
from tailllm.cli.output import json_text, say
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.cli.against import Against
    from tailllm.corpus.coverage import Coverage, Share

FEW = 5
"""Ids that are shown; `--json` has all of them."""


def show(found: "Coverage", *, as_json: bool, against: "Against | None" = None) -> None:
    """Print it, and how it stands against a period of traffic."""
    if as_json:
        whole = found._asdict()
        for name in ("labels", "targets", "people", "lone"):
            whole[name] = [share._asdict() for share in whole[name]]
        if against is not None:
            whole["traffic"] = traffic.as_json(against)
        say(json_text(whole))
        return
    say(f"{found.cases} cases  {found.drafts} drafts  {found.quarantined} quarantined")
    for title, shares in (
        ("label", found.labels),
        ("prompt", found.targets),
        ("from", found.people),
    ):
        say("")
        _table(title, shares)
    say("")
    total = found.cases
    _few(f"{len(found.no_provenance)} of {total} without provenance", found.no_provenance)
    _few(f"{len(found.never_failed)} of {total} never failed", found.never_failed)
    if found.unseen:
        said = f"{len(found.unseen)} of {total} kept without what was answered, so nobody knows"
        _few(said, found.unseen)
    if found.lone:
        named = [f"{one.label} ({counted(one.cases, 'case')}, {one.person})" for one in found.lone]
        _few(f"{counted(len(named), 'label')} that one person alone wrote", named)
    if against is not None:
        say("")
        traffic.show(against)


def _table(title: str, shares: "Sequence[Share]") -> None:
    width = max(len(title), *(len(share.name) for share in shares))
    say(f"{title:<{width}}  cases  never failed  quarantined")
    for share in shares:
        row = f"{share.cases:>5}  {share.never_failed:>12}  {share.quarantined:>11}"
        say(f"{share.name:<{width}}  {row}")


def _few(title: str, ids: Sequence[str]) -> None:
    more = f", and {len(ids) - FEW} more" if len(ids) > FEW else ""
    say(f"{title}: {', '.join(ids[:FEW])}{more}" if ids else title)
