"""Checks of cases are validators: written in the case, named in the config, or code beside it."""

import pytest

from tailllm.corpus.case import Observed, Run, ToolUse
from tests.evals.conftest import BAD, GOOD, Place, Serve

NAMED = (
    '[[validators]]\nname = "no_promise"\nkind = "must_not_match"\npattern = "has been issued"\n'
)


@pytest.mark.parametrize(("answer", "code"), [(GOOD, 0), (BAD, 1)])
def test_a_validator_of_the_config_means_the_same_in_a_case(
    place: Place, serve: Serve, answer: str, code: int
) -> None:
    serve(lambda _: answer, more=NAMED)
    place.case("Refund", {"type": "validator", "name": "no_promise"})

    assert place.run("eval", "--live").code == code


@pytest.mark.parametrize(("answer", "code"), [(GOOD, 0), (f" {BAD}\n", 1)])
def test_the_answer_that_was_marked_must_not_come_back(
    place: Place, serve: Serve, answer: str, code: int
) -> None:
    serve(lambda _: answer)
    place.case("Refund", {"type": "not_observed"}, observed=Observed(content=BAD))

    assert place.run("eval", "--live").code == code


def test_a_tool_call_that_was_marked_must_not_come_back(place: Place, serve: Serve) -> None:
    call = {"id": "x", "type": "function", "function": {"name": "refund", "arguments": "{}"}}
    serve(lambda _: {"role": "assistant", "content": None, "tool_calls": [call]})
    seen = Observed(tool_calls=(ToolUse(name="refund", arguments="{}"),))
    place.case("Refund", {"type": "not_observed"}, observed=seen)

    assert place.run("eval", "--live").code == 1


CODE = """
from pydantic import BaseModel
def names_days(call):
    return "days" in call["output_text"], "it names no days"
class Intent(BaseModel):
    intent: str
"""


def test_code_beside_the_cases_judges_answers(place: Place, serve: Serve) -> None:
    serve()
    place.corpus.mkdir()
    (place.corpus / "checks.py").write_text(CODE)
    place.case("One", {"type": "python", "call": "checks:names_days"})
    place.case("Two", {"type": "pydantic", "model": "checks:Intent"})

    done = place.run("eval", "--live", "--json")

    assert done.verdicts() == {"one": "new", "two": "new"}
    assert [case["now"]["k"] for case in done.data["cases"]] == [0, 1]
    assert "Invalid JSON" in done.data["cases"][0]["outcomes"][0]["why"]


def test_an_answer_of_tool_calls_fails_where_text_was_asked_for(place: Place, serve: Serve) -> None:
    call = {"id": "x", "type": "function", "function": {"name": "refund", "arguments": "{}"}}
    serve(lambda _: {"role": "assistant", "content": None, "tool_calls": [call]})
    place.case("Text", {"type": "contains", "value": "days"})
    place.case("No text", {"type": "not_contains", "value": "days"})

    done = place.run("eval", "--live", "--json")

    assert {case["id"]: case["now"]["k"] for case in done.data["cases"]} == {
        "text": 0,
        "no-text": 1,
    }
    assert "it only calls tools" in done.out


def test_a_check_that_finds_nothing_to_look_at_is_not_evaluated(place: Place) -> None:
    (place.folder / "our_app.py").write_text("def answer(ask):\n    return 'fine'\n")
    place.target = {"kind": "python"}
    place.config(call="our_app:answer")
    place.case("Tokens", {"type": "max_tokens", "output": 5})
    place.case("Time", run=Run(max_latency_ms=20_000))

    done = place.run("eval", "--live", "--json")

    assert done.code == 3
    assert done.verdicts() == {"tokens": "not evaluated", "time": "new"}
    assert "does not give what this check looks at" in done.out


def test_a_changed_validator_of_the_config_is_not_compared(place: Place, serve: Serve) -> None:
    serve(more=NAMED)
    place.case("Refund", {"type": "validator", "name": "no_promise"})
    place.settle()
    config = place.folder / "tailllm.toml"
    config.write_text(config.read_text().replace('"has been issued"', '"5 days"'))

    done = place.run("eval")

    assert done.code == 1
    assert "not comparable: the checks changed" in done.out
