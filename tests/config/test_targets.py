"""What is under test: destinations are written in the config, and keys are not."""

from pathlib import Path

import pytest

from tailllm.config.load import load
from tailllm.config.model import Config
from tailllm.errors import ConfigError


def read(folder: Path, text: str) -> Config:
    (folder / "tailllm.toml").write_text(text)
    return load("tailllm.toml", cwd=folder, environ={})


def target(folder: Path, **keys: str) -> Config:
    lines = [f"{key} = {value}" for key, value in {"kind": '"openai"', **keys}.items()]
    return read(folder, "\n".join(["[targets.support]", *lines]))


def test_a_prompt_file_is_looked_for_beside_the_config(tmp_path: Path) -> None:
    config = target(tmp_path, prompt='"prompts/support.md"')

    assert config.targets["support"].prompt == str(tmp_path / "prompts/support.md")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/v1",
        "https://user:pw@example.org/v1",
        "https://example.org/v1?key=sk-1",
        "https://example.org/v1#x",
        "ftp://example.org",
        "https://",
        "https://[::1",
        "example.org/v1",
        "http://127.0.0.1.evil.example/v1",
        "http://2130706433/v1",
    ],
)
def test_a_destination_that_could_leak_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"targets\.support\.url"):
        target(tmp_path, url=f'"{url}"')


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v1", "http://[::1]/v1", "https://a.b/"])
def test_this_machine_and_https_are_good_destinations(tmp_path: Path, url: str) -> None:
    config = target(tmp_path, url=f'"{url}"')

    assert config.targets["support"].url == url.rstrip("/")  # type: ignore[union-attr]


def test_a_key_in_the_file_is_refused_where_its_name_belongs(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"targets\.support\.key"):
        target(tmp_path, key='"sk-live-0123"')


def test_a_mistyped_key_of_a_target_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        target(tmp_path, promt='"x.md"')

    assert "targets.support.promt: unknown key" in caught.value.what
    assert '"prompt"' in caught.value.fix


def test_an_unknown_kind_of_target_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        target(tmp_path, kind='"opneai"')

    assert 'Did you mean "openai"?' in caught.value.fix


@pytest.mark.parametrize("key", ["judge", "target"])
def test_the_eval_table_may_only_name_targets_that_are_there(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=r"there is no \[targets.other\]"):
        read(tmp_path, f'[eval]\n{key} = "other"')


def test_a_judge_must_be_a_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="judge must be a model"):
        read(tmp_path, '[eval]\njudge = "j"\n[targets.j]\nkind = "command"\nargv = ["true"]')


@pytest.mark.parametrize(
    "code", ['kind = "python"\ncall = "app:answer"', 'kind = "command"\nargv = ["x"]']
)
def test_a_config_found_where_all_can_write_brings_no_target_that_runs_code(
    tmp_path: Path, code: str
) -> None:
    (tmp_path / "tailllm.toml").write_text(f"[targets.t]\n{code}\n")
    tmp_path.chmod(0o777)

    with pytest.raises(ConfigError, match="can be written by everybody"):
        load(None, cwd=tmp_path, environ={})
