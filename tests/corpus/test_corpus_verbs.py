"""What a corpus says about itself, and how it leaves for other tools."""

import json
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect, Observed, Provenance, ToolUse
from tailllm.corpus.case_schema import schema
from tailllm.corpus.cases import load_cases
from tailllm.corpus.checking import remarks
from tailllm.corpus.coverage import coverage, failed_before
from tailllm.corpus.export import sample

SUPPORT = Path(__file__).parents[2] / "examples" / "support" / "corpus"
EQUALS = Expect(type="equals", value="42")


def a_case(id_: str, text: str = "", **more: Any) -> Case:
    asked = [CaseMessage(role="user", content=text or id_)]
    plain: dict[str, Any] = {"id": id_, "target": "support", "messages": asked, "expect": [EQUALS]}
    return Case(**plain | more)


def said(folder: Path, *cases: Case, validators: Sequence[str] = ()) -> list[str]:
    for case in cases:
        case_file.write(folder, case)
    found = remarks(load_cases(folder), folder=folder, validators=validators)
    return [remark.what for remark in found if remark.wrong]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        (
            Expect(type="contians", value="x"),
            "expect.0: unknown check type 'contians'; did you mean",
        ),
        (Expect(type="contains"), "give value, any or all"),
        (Expect(type="contains", valeu="x"), "expect.0: check contains: "),
        (Expect(type="validator", name="json"), "there is no validator 'json' in tailllm.toml"),
        (Expect(type="jmespath", path="a..b"), "not a JMESPath expression"),
    ],
    ids=["unknown", "empty", "mistyped", "no such validator", "expression"],
)
def test_a_check_nobody_can_run_is_told_with_its_place(
    tmp_path: Path, expect: Expect, told: str
) -> None:
    (found,) = said(tmp_path, a_case("a", expect=[expect]))

    assert told in found


def test_a_corpus_in_order_has_no_problem(tmp_path: Path) -> None:
    checks = [EQUALS, Expect(type="validator", name="json"), Expect(type="not_observed")]

    assert said(tmp_path, a_case("a", expect=checks), validators=["json"]) == []


def test_two_cases_that_ask_the_same_are_told(tmp_path: Path) -> None:
    found = said(tmp_path, a_case("a", "how much?"), a_case("b", "how much?"))

    assert found == ["messages: asks exactly what b asks"]


def test_a_case_that_expects_nothing_is_told_for_it_cannot_fail(tmp_path: Path) -> None:
    assert said(tmp_path, a_case("a", expect=[])) == [
        "expect: nothing is expected, so it cannot fail"
    ]


def test_coverage_counts_by_label_prompt_and_person() -> None:
    source = Provenance(kind="slack", reported_by="lena", marked_by="ana, tom")
    found = coverage(
        [
            a_case("a", tags=("refund", "french"), source=source),
            a_case("b", tags=("refund",), target="route"),
            a_case("c", status="retired"),
        ]
    )

    assert found.cases == 2
    assert [(s.name, s.cases) for s in found.labels] == [("refund", 2), ("french", 1)]
    assert [(s.name, s.cases) for s in found.targets] == [("route", 1), ("support", 1)]
    assert {s.name for s in found.people} == {"lena", "ana", "tom", "(nobody)"}
    assert found.no_provenance == ("b",)


def test_a_case_never_failed_unless_production_or_a_baseline_failed_it(tmp_path: Path) -> None:
    rejected = a_case("a", observed=Observed(content="no"), expect=[Expect(type="not_observed")])
    judged = a_case("b", observed=Observed(content="no", failed=("json",)))
    red, green, seen = a_case("c"), a_case("d"), a_case("e", observed=Observed(content="fine"))
    lines = [{"id": "c", "k": 3, "n": 5}, {"id": "d", "k": 5, "n": 5}]
    (tmp_path / "baseline.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n{torn")

    found = coverage([rejected, judged, red, green, seen], failed_before(tmp_path))

    assert found.never_failed == ("d", "e")


def test_a_case_kept_without_its_answer_is_not_said_to_have_never_failed() -> None:
    reported = Provenance(kind="slack", reported_by="lena")
    made_up = Provenance(kind="synthetic")
    found = coverage(
        [
            a_case("a", source=reported),
            a_case("b", source=reported, observed=Observed(content="fine")),
            a_case("c", source=made_up),
            a_case("d", source=reported),
        ],
        frozenset({"d"}),
    )

    assert found.unseen == ("a",)
    assert found.never_failed == ("b", "c")
    assert sum(share.never_failed for share in found.labels) == 2


def test_an_exported_case_has_the_four_fields_that_others_read() -> None:
    turns = (
        CaseMessage(role="user", content="where is BW-1?"),
        CaseMessage(role="assistant", tool_calls=(ToolUse(name="look", arguments='{"n": 1}'),)),
        CaseMessage(role="tool", content="{}", tool_call_id="c1"),
    )
    found = sample(a_case("a", messages=turns, tags=("status",)))

    assert set(found) == {"id", "input", "target", "metadata"}
    assert found["target"] == "42"
    assert found["input"][1]["tool_calls"][0]["arguments"] == {"n": 1}
    assert found["metadata"]["tags"] == ["status"]


def test_an_editor_accepts_every_case_of_the_sample() -> None:
    validator = jsonschema_rs.validator_for(schema())

    for path in sorted(SUPPORT.glob("cases/*.toml")):
        document = json.loads(
            json.dumps(tomllib.loads(path.read_text()), default=datetime.isoformat)
        )
        assert validator.is_valid(document), path.name


def test_an_editor_accepts_one_text_where_a_list_may_stand() -> None:
    validator = jsonschema_rs.validator_for(schema())
    whole = json.loads(a_case("a").model_dump_json(by_alias=True, exclude_defaults=True))

    assert validator.is_valid(
        {"schema": 1} | whole | {"expect": [{"type": "not_contains", "value": "x"}]}
    )


@pytest.mark.parametrize(
    "damage",
    [
        {"statsu": "active"},
        {"status": "on"},
        {"expect": [{"type": "contians", "value": "x"}]},
        {"expect": [{"type": "contains", "valeu": "x"}]},
        {"expect": [{"type": "validator"}]},
        {"run": {"samples": 0}},
        {"messages": []},
    ],
    ids=["key", "status", "check", "parameter", "nameless", "number", "nothing asked"],
)
def test_an_editor_underlines_what_a_run_would_refuse(damage: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(schema())
    whole = json.loads(a_case("a").model_dump_json(by_alias=True, exclude_defaults=True))
    good = {"schema": 1} | whole

    assert validator.is_valid(good)
    assert not validator.is_valid(good | damage)
