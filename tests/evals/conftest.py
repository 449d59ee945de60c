"""A small corpus, a model on loopback, and the program run in this process."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tailllm.cli.main import run as run_program
from tailllm.cli.parser import Host
from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect
from tailllm.evals import lane
from tests.conftest import NOON
from tests.evals.server import Answer, Model

GOOD = "Refunds take 5 days."
BAD = "Your refund has been issued."


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    def verdicts(self) -> dict[str, str]:
        return {case["id"]: case["verdict"] for case in self.data["cases"]}


class Place:
    """A folder with a config and a corpus, in which commands run."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        self.environ = {"HOME": str(folder), "TAILLLM_KEY": "sk-secret-0123456789"}
        self._capsys = capsys
        self._prompt = "Be kind."
        self.prompt = folder / "prompts" / "support.md"
        self.prompt.parent.mkdir()
        self.prompt.write_text("You help {{name}}.\n")
        self.target = {"kind": "openai", "model": "fake-1", "prompt": "prompts/support.md"}
        self.settings: dict[str, Any] = {"patience_s": 0.2, "throttled_s": 0.3}

    def config(self, more: str = "", **target: Any) -> None:
        """Write tailllm.toml; the target is called `support`."""
        rows = ["[eval]", *(f"{k} = {json.dumps(v)}" for k, v in self.settings.items())]
        rows += ["[targets.support]"]
        rows += [f"{k} = {json.dumps(v)}" for k, v in {**self.target, **target}.items()]
        (self.folder / "tailllm.toml").write_text("\n".join([*rows, more]))

    def case(self, name: str, *expect: dict[str, Any], **fields: Any) -> Case:
        """Add a case that says its name; without more, the answer must not grant a refund."""
        checks = expect or ({"type": "not_contains", "value": "has been issued"},)
        asked = fields.pop("messages", (CaseMessage(role="user", content=name),))
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        values: dict[str, Any] = {
            "id": slug,
            "title": name,
            "target": "support",
            "messages": asked,
            "context": {"name": "Ana"},
            "expect": tuple(Expect(**one) for one in checks),
        }
        case = Case(**values | fields)
        case_file.write(self.corpus, case)
        return case

    def run(self, *argv: str) -> Done:
        """Run a command."""
        host = Host(self.folder, self.environ, lambda: NOON)
        self._capsys.readouterr()
        code = run_program(argv, host)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err, err
        return Done(code, out, err)

    def settle(self) -> None:
        """Ask the model and accept what it says as the baseline."""
        assert self.run("eval", "--live", "--fresh").code in {0, 1}
        assert self.run("baseline", "accept").code == 0


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second try comes soon; how long it waits is looked at where that is the law."""
    monkeypatch.setattr(lane, "BACKOFF_S", 0.02)


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    folder = tmp_path / "here"
    folder.mkdir()
    return Place(folder, capsys)


Serve = Callable[..., Model]


@pytest.fixture
def serve(place: Place) -> Iterator[Serve]:
    """Start a model and name it in the config."""
    models: list[Model] = []

    def start(answer: Answer = lambda _: GOOD, more: str = "", **options: Any) -> Model:
        known = {k: options.pop(k) for k in ("delay_s", "limit") if k in options}
        model = Model(answer, **known)
        models.append(model)
        place.config(more, url=model.url, **options)
        return model

    yield start
    for model in models:
        model.close()


def said(body: dict[str, Any]) -> str:
    """The last user message."""
    return str(body["messages"][-1]["content"])
