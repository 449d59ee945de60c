"""The gate: a corpus with a secret in it does not pass."""

import shutil
from pathlib import Path

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.cli.conftest import Run

SUPPORT = Path(__file__).parents[2] / "examples" / "support"
SECRET = "ghp_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78"


def test_a_scan_names_file_line_and_rule_and_never_the_secret(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "marks.jsonl").write_text(f'{{}}\n{{"a": "{SECRET}"}}\n')

    found = run("corpus", "scan", folder)

    assert found.code == 1
    assert "marks.jsonl:2 github-token 1" in found.out
    assert SECRET not in found.out + found.err


def test_a_scan_of_a_clean_corpus_is_silent(run: Run, tmp_path: Path) -> None:
    (tmp_path / "marks.jsonl").write_text('{"schema": 1}\n')

    found = run("corpus", "scan", tmp_path)

    assert (found.code, found.out, found.err) == (0, "", "")


def test_a_corpus_nobody_can_read_is_not_called_clean(run: Run, tmp_path: Path) -> None:
    assert run("corpus", "scan", tmp_path / "missing").code == 3


@pytest.fixture
def sample(tmp_path: Path, home: Path) -> Host:
    """The folder of the sample assistant."""
    return Host(SUPPORT, {"HOME": str(home)}, lambda: 1_795_400_000.0)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["list", "--tag", "french"], "cancel-in-french-"),
        (["show", "cancel-in-french"], 'content = "je voudrais annuler'),
        (["coverage"], "never failed"),
        (["export", "--tag", "injection"], '"input": [{"role": "user"'),
        (["schema"], '"$schema"'),
        (["scan"], ""),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_corpus_tells_about_itself(
    sample: Host, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    code = command(["corpus", *argv], sample)
    out = capsys.readouterr().out

    assert code == 0
    assert told in out
    assert "\x1b" not in out


def test_the_sample_has_nothing_wrong(sample: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["corpus", "check"], sample) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verb", ["list", "check", "coverage", "export"])
def test_a_corpus_without_cases_is_no_answer(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    host = Host(tmp_path, {"HOME": str(home)}, lambda: 0.0)

    assert command(["corpus", verb], host) == 3
    assert "there is no case in" in capsys.readouterr().err


def test_a_damaged_case_is_named_and_what_was_printed_is_not_called_whole(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = Host(tmp_path, {"HOME": str(home)}, lambda: 0.0)
    damaged = tmp_path / "corpus" / "cases" / "odd.toml"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("schema = 1\n[[expect]]\n")

    listed, told = command(["corpus", "list"], host), capsys.readouterr()
    checked, found = command(["corpus", "check"], host), capsys.readouterr()

    assert (listed, checked) == (3, 1)
    assert f"{damaged}: id: Field required" in told.err
    assert f"{damaged}: id: Field required" in found.out


def test_a_case_is_quarantined_by_name(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = Host(tmp_path, {"HOME": str(home)}, lambda: 0.0)
    shutil.copytree(SUPPORT / "corpus" / "cases", tmp_path / "corpus" / "cases")

    assert command(["corpus", "status", "cancel-in-french", "quarantined"], host) == 0
    command(["corpus", "list", "--tag", "french"], host)
    assert "cancel in French  (quarantined)" in capsys.readouterr().out
