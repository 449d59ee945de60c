"""The gate: a corpus with a secret in it does not pass."""

from pathlib import Path

from tests.cli.conftest import Run

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
