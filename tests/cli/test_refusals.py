"""Wrong input: one line that says what and what to do, and the exit code of the table."""

from pathlib import Path

import pytest

from tailllm.cli.main import VALUED, build_parser
from tests.cli.conftest import NATIVE, Run

REFUSED = [
    ([], 2, "no log is named", "tailllm demo"),
    (["stat", NATIVE], 2, 'no command and no file "stat"', 'Did you mean "tailllm stats"?'),
    (["qqqq"], 2, 'no command and no file "qqqq"', "./qqqq"),
    (["calls"], 2, "PATH", "tailllm calls --help"),
    (["calls", "--wher", "x", NATIVE], 2, "unknown argument --wher", "Did you mean --where?"),
    (["stats", NATIVE, "--by", "modl"], 2, "'modl'", "tailllm stats --help"),
    (["stats", NATIVE, "--since", "soon"], 2, "'soon' is no time", "15m"),
    (["calls", NATIVE, "--where", "statsu:error"], 2, "statsu", "status"),
    (["demo", "--seconds", "many"], 2, "many", "tailllm demo --help"),
    (["show", "KEY", NATIVE, "--raw", "--json"], 2, "--json", "tailllm show --help"),
    (["--config", "nowhere.toml", "stats", NATIVE], 2, "no such file", "--config"),
    (["stats", NATIVE, "--config", "nowhere.toml"], 2, "no such file", "--config"),
    (["calls", "nowhere.jsonl"], 3, "nowhere.jsonl", ""),
    (["stats", "nowhere/*.jsonl"], 3, "there is no log in nowhere", "a glob in quotes"),
    (["./nowhere.jsonl"], 3, "nowhere.jsonl", ""),
    (["show", "resp:nobody", NATIVE], 3, "no call 'resp:nobody'", "tailllm calls"),
    (["mark", "resp:nobody", NATIVE], 3, "no call 'resp:nobody'", "tailllm calls"),
    (["show", "resp:chatcmpl-", NATIVE], 2, "calls fit", "Write one in full"),
]


@pytest.mark.parametrize(
    ("argv", "code", "what", "fix"),
    REFUSED,
    ids=[" ".join(Path(a).name for a in r[0]) for r in REFUSED],
)
def test_bad_input_gets_one_line_and_its_exit_code(
    run: Run, argv: list[str], code: int, what: str, fix: str
) -> None:
    done = run(*argv)

    assert done.code == code
    assert done.out == ""
    assert done.err.startswith("tailllm: ")
    assert done.err.count("\n") == 1
    assert what in done.err
    assert fix in done.err


@pytest.mark.parametrize("verb", [["stats"], ["calls"], []], ids=["stats", "calls", "summary"])
def test_lines_nobody_can_read_are_no_answer(run: Run, here: Path, verb: list[str]) -> None:
    (here / "notes.txt").write_text("not a log\n")
    done = run(*verb, "notes.txt")

    assert done.code == 3
    assert done.err == (
        "tailllm: no model call in 1 line. `tailllm calls notes.txt --rejects` says why.\n"
    )


def test_a_file_of_prose_is_no_answer_and_no_damage(run: Run, here: Path) -> None:
    (here / "notes.txt").write_text("# Notes\n\nnot a log\nat all\n")
    done = run("stats", "notes.txt")
    told = run("dialects", "notes.txt")

    assert done.code == 3
    assert "no model call in 3 lines" in done.err
    assert "notes.txt: text" in told.out
    assert "3 other lines, 0 unreadable lines" in told.out


def test_a_mistake_in_the_config_names_file_key_and_fix(run: Run, here: Path) -> None:
    (here / "tailllm.toml").write_text("[display]\nteme = 'dark'")
    done = run("stats", NATIVE)

    assert done.code == 2
    assert done.err == (
        f"tailllm: {here}/tailllm.toml: display.teme: unknown key. "
        'Did you mean "theme"? Known: ascii, bell, low_bandwidth, mouse, theme, title.\n'
    )


def test_a_pattern_that_cannot_work_is_refused_before_the_log_is_read(run: Run, here: Path) -> None:
    (here / "tailllm.toml").write_text(
        "[[validators]]\nname = 'odd'\nkind = 'must_match'\npattern = '(open'"
    )
    done = run("stats", NATIVE)

    assert done.code == 2
    assert "validator 'odd': pattern is no regular expression" in done.err


@pytest.mark.parametrize(
    "name", ["a\x1b]0;x\x07.jsonl", "[red].jsonl", "a\nb.jsonl", "\u202ee.jsonl"]
)
def test_a_hostile_name_is_made_visible(run: Run, name: str) -> None:
    done = run("calls", name)

    assert done.code == 3
    assert done.err.count("\n") == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(done.err)


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
def test_a_terminal_that_is_not_utf8_gets_an_answer(run: Run, locale: str) -> None:
    done = run("calls", "注文.jsonl", LC_ALL=locale, PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert done.code == 3
    assert done.err.startswith("tailllm: ")


@pytest.mark.parametrize("verb", ["", "follow", "calls", "stats", "show", "mark", "demo"])
def test_help_teaches_with_an_example(run: Run, verb: str) -> None:
    done = run(*filter(None, [verb]), "--help")

    assert done.code == 0
    assert f"  tailllm {verb if verb != 'follow' else ''}".rstrip() in done.out


def test_the_value_of_every_option_may_start_with_a_dash() -> None:
    verbs = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    valued = {
        option
        for parser in verbs.values()  # type: ignore[union-attr]
        for action in parser._actions
        for option in action.option_strings
        if action.nargs is None
    }

    assert valued <= VALUED


def test_the_version_is_one_line(run: Run) -> None:
    assert run("--version").out.startswith("tailllm 0.")


def test_a_reader_that_leaves_early_is_no_error(here: Path, run: Run) -> None:
    import os
    import subprocess
    import sys

    from tests.cli.conftest import SOURCE

    many = here / "many.jsonl"
    many.write_bytes(NATIVE.read_bytes().replace(b"chatcmpl-", b"chatcmpl-x") * 20)
    shell = f"{sys.executable} -m tailllm calls many.jsonl | head -c 100 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=here,
        env=os.environ | {"PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "0\n"


def test_ctrl_c_is_one_line_and_the_exit_code_of_a_program_that_was_interrupted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tailllm.cli.stats.run", interrupt)
    done = run("stats", NATIVE)

    assert (done.code, done.out, done.err) == (130, "", "tailllm: interrupted.\n")
