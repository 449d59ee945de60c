"""What is refused before anything starts, and what happens when a validator itself breaks."""

from pathlib import Path
from typing import Any

import pytest

from tailllm.errors import ConfigError
from tailllm.validators import checks as module
from tailllm.validators.checks import Checks
from tests.validators.conftest import SPEC, answered


def spec(**fields: object) -> Any:
    return SPEC.validate_python({"name": "it", **fields})


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"kind": "must_match", "pattern": "(open"}, "pattern"),
        ({"kind": "json_schema", "schema": {"type": 5}}, "JSON Schema"),
        ({"kind": "json_schema", "schema": {"$ref": "http://127.0.0.1:9/x"}}, "JSON Schema"),
        ({"kind": "json_schema", "schema_file": "nowhere.json"}, "cannot be read"),
    ],
)
def test_a_validator_that_cannot_work_is_refused_at_the_start(
    fields: dict[str, Any], word: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        Checks([spec(**fields)])

    assert "'it'" in refusal.value.what
    assert word in refusal.value.what
    assert refusal.value.fix


def test_a_schema_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{")

    with pytest.raises(ConfigError, match="is not JSON"):
        Checks([spec(kind="json_schema", schema_file=str(tmp_path / "s.json"))])


def test_a_validator_that_raises_is_errored_and_the_next_one_still_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_spec: object) -> Any:
        def judge(_call: object) -> Any:
            raise RuntimeError("a bug")

        return judge

    monkeypatch.setitem(module.BUILDERS, "not_empty", broken)
    checks = Checks([spec(kind="not_empty"), spec(kind="json")])
    first, second = checks.run(answered(output_text="{}"), dict)

    assert (first["passed"], first["label"]) == (None, "errored")
    assert first["explanation"] == "RuntimeError: a bug"
    assert second["passed"] is True


def test_verdicts_come_in_the_order_of_the_config() -> None:
    checks = Checks([spec(kind="json", name="b"), spec(kind="not_empty", name="a")])
    verdicts = checks.run(answered(), dict)

    assert [verdict["name"] for verdict in verdicts] == ["b", "a"]


def test_a_verdict_fits_the_record() -> None:
    from tailllm.records.call import Evaluation

    checks = Checks([spec(kind="json")])
    [verdict] = checks.run(answered(output_text="x" * 10_000), dict)

    assert Evaluation(**verdict).outcome == "failed"
