"""The report in the forms that machines pick up, with hostile text in every place."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tailllm.corpus.case import CaseMessage
from tailllm.evals import words
from tests.evals.conftest import BAD, GOOD, Place, Serve, said

HOSTILE = "\x1b[31mRefund\u202e ``` @team <img src=x> ::error::%0A]]>"


@pytest.fixture
def mixed(place: Place, serve: Serve) -> Place:
    """One case that broke, one that cannot be evaluated, one that passes."""

    def answer(body: dict) -> str:
        quick = "quick" in body["messages"][0]["content"]
        return f"{HOSTILE} {BAD}" if quick and said(body) == HOSTILE else GOOD

    serve(answer)
    place.case("Thanks")
    place.case("refund", title=HOSTILE, messages=(CaseMessage(role="user", content=HOSTILE),))
    place.settle()
    place.case("Typo", {"type": "nonsense"})
    place.prompt.write_text("Be quick.\n")
    return place


def test_junit_keeps_failure_and_error_apart(mixed: Place) -> None:
    mixed.run("eval", "--live", "--junit", "out.xml")
    suite = ElementTree.fromstring((mixed.folder / "out.xml").read_text("utf-8"))
    kinds = {case.get("name"): [kind.tag for kind in case] for case in suite}

    assert kinds == {"refund": ["failure"], "typo": ["error"], "thanks": []}
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert "not_contains: contains" in (suite[0][0].text or "")


def test_a_pull_request_gets_annotations_at_the_case_files_and_a_summary(mixed: Place) -> None:
    summary = mixed.folder / "summary.md"
    summary.write_text("before\n")
    mixed.environ["GITHUB_STEP_SUMMARY"] = str(summary)

    out = mixed.run("eval", "--live", "--github").out
    commands = [row for row in out.splitlines() if row.startswith("::")]

    assert commands[0].startswith("::error file=corpus/cases/refund.toml,title=broke%3A ")
    assert "\x1b" not in out
    assert len(commands) == 2
    assert summary.read_text("utf-8").startswith("before\n## tailllm eval")


def test_a_page_of_markdown_obeys_nothing_that_stands_in_it(mixed: Place) -> None:
    mixed.run("eval", "--live", "--markdown", "out.md")
    rows = (mixed.folder / "out.md").read_text("utf-8").splitlines()
    fence, outside = "", []
    for row in rows:
        if row.startswith("```") and (not fence or row == fence):
            fence = "" if fence else row.rstrip("dif")
        elif not fence:
            outside.append("".join(row.split("`")[::2]))

    assert not fence
    assert not [row for row in outside if "<img" in row or "@team" in row or "\x1b" in row]
    assert "### Broke: 1" in rows


def test_what_changed_since_a_revision_is_what_runs(place: Place, serve: Serve) -> None:
    model = serve()
    for title in ("Refund", "Thanks"):
        place.case(title)
    git = ["git", "-C", str(place.folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words_ in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words_], check=True)
    path = place.corpus / "cases" / "thanks.toml"
    path.write_text(path.read_text().replace("has been issued", "issued"))

    nothing = place.run("eval", "--live", "--changed", "--tag", "x")
    one = place.run("eval", "--live", "--changed")
    asked = dict(model.users)
    place.prompt.write_text("Another prompt.\n")
    place.run("eval", "--live", "--changed=HEAD")

    assert nothing.code == 3
    assert one.code == 0
    assert asked == {"Thanks": 1}
    assert model.users == {"Thanks": 2, "Refund": 1}
    assert place.run("eval", "--changed=no-such").code == 2


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a b c", "a x c", "a [-b-]{+x+} c"),
        ("a b c d", "a x y d", "a [-b c-]{+x y+} d"),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("gone", "", "[-gone-]"),
        ("one\ntwo", "one\n2", "one\n[-two-]{+2+}"),
    ],
)
def test_a_diff_shows_words_that_went_and_came(old: str, new: str, shown: str) -> None:
    assert words.plain(words.diff(old, new)) == shown


def test_a_diff_of_long_texts_is_made_in_time() -> None:
    old = "\n".join(f"line {n} of many words" for n in range(3000))
    pieces = words.diff(old, old.replace("line 7 ", "row 7 "))

    assert [piece.text for piece in pieces if piece.sign == "-"] == ["line 7 of many words"]


def test_eval_loads_no_screen_no_ledger_and_no_watcher(place: Place, serve: Serve) -> None:
    import os
    import sys

    serve()
    place.case("Refund")
    code = (
        "import sys; from tailllm.cli.main import run\n"
        "for argv in (['eval', '--live'], ['eval']): assert run(argv) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=place.folder,
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )

    assert not {"textual", "rich", "duckdb", "watchfiles"} & set(done.stderr.split())
