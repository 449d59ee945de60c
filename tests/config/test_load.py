"""The config file: where it is found, and the one sentence for everything wrong with it."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from tailllm.config.folder import corpus_folder
from tailllm.config.load import load
from tailllm.config.model import Config
from tailllm.errors import ConfigError

PYTHON = '[[validators]]\nname = "mine"\nkind = "python"\ncall = "own:check"\n'


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tailllm.toml"
    file.write_text(text)
    return file


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    found, default = load(None, cwd=tmp_path, environ={}), Config()

    for name in Config.model_fields:
        part = getattr(default, name)
        if isinstance(part, BaseModel):
            for each in type(part).model_fields:
                assert getattr(getattr(found, name), each) == getattr(part, each), (name, each)
        else:
            assert getattr(found, name) == part, name
    assert found.file is None


def test_the_nearest_file_upward_is_taken(tmp_path: Path) -> None:
    write(tmp_path, 'by = "far"')
    near = write(tmp_path / "service", 'by = "near"')
    below = tmp_path / "service/a/b"
    below.mkdir(parents=True)
    config = load(None, cwd=below, environ={})

    assert config.by == "near"
    assert config.file == near


def test_a_named_file_wins_over_the_environment_and_over_a_found_one(tmp_path: Path) -> None:
    write(tmp_path, 'by = "found"')
    write(tmp_path / "env", 'by = "env"')
    write(tmp_path / "flag", 'by = "flag"')
    environ = {"TAILLLM_CONFIG": str(tmp_path / "env/tailllm.toml")}

    assert load(None, cwd=tmp_path, environ={}).by == "found"
    assert load(None, cwd=tmp_path, environ=environ).by == "env"
    assert load("flag/tailllm.toml", cwd=tmp_path, environ=environ).by == "flag"


def test_paths_in_the_file_start_at_the_file(tmp_path: Path) -> None:
    schema = '[[validators]]\nname = "s"\nkind = "json_schema"\nschema_file = "s.json"\n'
    write(tmp_path / "etc", 'corpus = "kept"\n' + PYTHON + schema)
    config = load("etc/tailllm.toml", cwd=tmp_path, environ={})
    python, json_schema = config.validators

    assert config.corpus == str(tmp_path / "etc/kept")
    assert python.folder == str(tmp_path / "etc")  # type: ignore[union-attr]
    assert json_schema.schema_file == str(tmp_path / "etc/s.json")  # type: ignore[union-attr]


WRONG = [
    ("a = [", "not TOML", "docs/configuration.md"),
    ("displya = 1", "displya: unknown key", 'Did you mean "display"?'),
    ('[display]\nteme = "dark"', "display.teme: unknown key", 'Did you mean "theme"?'),
    ('[display]\ntheme = "red"', "display.theme: input should be 'auto'", "docs/"),
    ('[thresholds]\nslow_ms = "2s"', "thresholds.slow_ms: ", "docs/"),
    ("[thresholds]\nslow_ms = -1", "thresholds.slow_ms: ", "docs/"),
    ("validators = 3", "validators: ", "docs/"),
    ("file = 'x'", "file: unknown key", "Known: by, channels, corpus"),
    ("[[validators]]\nname = 'a'", "validators[1]: kind is missing", "Add kind"),
    ("[[validators]]\nname = 'a'\nkind = 'jsn'", "unknown kind 'jsn'", 'Did you mean "json"?'),
    ("[[validators]]\nkind = 'json'", "validators[1].name: is missing", "Add name"),
    (
        "[[validators]]\nname = 'a'\nkind = 'json'\nfence = true",
        "validators[1].fence: unknown key",
        'Did you mean "fences"?',
    ),
    (
        "[[validators]]\nname = 'a'\nkind = 'json'\nwhen = {promt = 'x'}",
        "validators[1].when.promt: unknown key",
        'Did you mean "prompt"?',
    ),
    ("[[validators]]\nname = 'a'\nkind = 'length'", "give at least one limit", "docs/"),
    ("[[validators]]\nname = 'a'\nkind = 'length'\nmin = 9\nmax = 1", "min is above max", "docs/"),
    ("[[validators]]\nname = 'a'\nkind = 'json_schema'", "give either schema or", "docs/"),
    ("[[validators]]\nname = 'a'\nkind = 'python'\ncall = 'f'", "validators[1].call", "docs/"),
    ("[channels.a]\nkind = 'slck'", "channels.a: unknown kind 'slck'", 'Did you mean "slack"?'),
    (
        "[channels.a]\nkind = 'slack'\ntoken = 'T'\nchannel = 'C12'\nwierd = 'x'",
        "channels.a.wierd: unknown key",
        'Did you mean "weird"?',
    ),
    (
        "[channels.a]\nkind = 'slack'\ntoken = 'T'\nchannel = 'C12'\nack = 'white_check_mark'",
        "channels.a.ack: people read :white_check_mark: as approval",
        "docs/",
    ),
    ("[channels.a]\nkind = 'slack'\ntoken = 'xoxb-1'\nchannel = 'C12'", "channels.a.token", ""),
    ("[channels.'a b']\nkind = 'folder'\npath = '.'", "a channel is called 'a b'", "docs/"),
    ("[sync]\nwait = 3", "sync.wait: unknown key", "Known: every_s"),
    ("[sync.words]\nfixed = 'see {text}'", "sync.words.fixed: {text} means nothing", "docs/"),
    ("[sync.words]\nfixt = ''", "sync.words.fixt: unknown key", 'Did you mean "fixed"?'),
    (
        "[[validators]]\nname = 'a'\nkind = 'json'\n[[validators]]\nname = 'a'\nkind = 'not_empty'",
        "two validators are called 'a'",
        "docs/",
    ),
]


@pytest.mark.parametrize(("text", "what", "fix"), WRONG, ids=[what for _, what, _ in WRONG])
def test_a_mistake_is_named_with_file_key_and_fix(
    tmp_path: Path, text: str, what: str, fix: str
) -> None:
    file = write(tmp_path, text)

    with pytest.raises(ConfigError) as refusal:
        load(None, cwd=tmp_path, environ={})
    assert refusal.value.what.startswith(f"{file}: ")
    assert what in refusal.value.what
    assert fix in refusal.value.fix
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "no such file"), (b"\xff\xfe", "not UTF-8"), ("folder", "cannot be read")],
)
def test_a_named_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, content: bytes | str | None, what: str
) -> None:
    file = tmp_path / "my.toml"
    if content == "folder":
        file.mkdir()
    elif isinstance(content, bytes):
        file.write_bytes(content)

    with pytest.raises(ConfigError, match=what):
        load(str(file), cwd=tmp_path, environ={})


def test_code_from_a_file_everybody_can_write_runs_only_when_named(tmp_path: Path) -> None:
    file = write(tmp_path / "open", PYTHON)
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(ConfigError, match="can be written by everybody") as refusal:
        load(None, cwd=tmp_path / "open", environ={})
    assert f"--config {file}" in refusal.value.fix
    assert load(str(file), cwd=tmp_path, environ={}).validators


def test_the_corpus_is_where_the_nearest_word_says(tmp_path: Path, home: Path) -> None:
    config = Config(corpus="/from/config")
    environ = {"TAILLLM_CORPUS": "/from/env", "HOME": str(home)}

    def folder(config: Config, flag: str | None, environ: dict[str, str]) -> str:
        return str(corpus_folder(config, flag=flag, cwd=tmp_path, environ=environ))

    assert folder(config, "flag", environ) == f"{tmp_path}/flag"
    assert folder(config, None, environ) == "/from/env"
    assert folder(config, None, {}) == "/from/config"
    nowhere = {"HOME": str(home)}
    assert folder(Config(), None, nowhere) == f"{home}/.local/share/tailllm/corpus"
    assert folder(Config(), None, nowhere | {"XDG_DATA_HOME": "/d"}) == "/d/tailllm/corpus"
    (tmp_path / "corpus").mkdir()
    assert folder(Config(), None, nowhere) == f"{tmp_path}/corpus"
