"""The commit that made a prompt version is found by its text."""

import subprocess
from pathlib import Path

import pytest

from tailllm.ask.origin import origin

V1 = "You help {shop}.\nBe kind.\n"
V2 = "You help {shop}.\nBe kind.\nBe brief.\n"
V3 = "You help {shop}.\nBe cruel.\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prompt with a history: made, touched elsewhere, lengthened, broken."""
    folder = tmp_path / "repository" / "prompts"
    folder.mkdir(parents=True)
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Ana")
        monkeypatch.setenv(f"{name}_EMAIL", "ana@example.com")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    prompt = folder / "billing.txt"
    for text, subject in [(V1, "make"), (V1 + "\n", "blank"), (V2, "lengthen"), (V3, "break")]:
        prompt.write_text(text)
        subprocess.run(["git", "add", "."], cwd=folder, check=True)
        subprocess.run(["git", "commit", "-qm", subject], cwd=folder, check=True)
    return prompt


def test_each_version_leads_to_the_commit_that_made_it(file: Path) -> None:
    texts = [text.replace("{shop}", "Brambleway, a garden shop") for text in (V1, V2, V3)]
    found = [origin(file, f"Context first.\n{text}") for text in texts]

    assert [one and one.subject for one in found] == ["make", "lengthen", "break"]
    assert found[0] is not None
    assert found[0].author == "Ana"


def test_what_is_nowhere_in_the_history_has_no_commit(file: Path, tmp_path: Path) -> None:
    assert origin(file, "Something else") is None
    assert origin(tmp_path / "nowhere/at/all.txt", V1) is None
