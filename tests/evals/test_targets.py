"""What is under test: models of two makers, an endpoint, a function and a program of the team."""

import json
import sys
from typing import Any

import pytest

from tailllm.corpus.case import CaseMessage, Observed, Run, Tool, ToolUse
from tests.evals.conftest import GOOD, Place, Serve
from tests.evals.server import Model, reply

TALK = (
    CaseMessage(role="user", content="Where is order 7?"),
    CaseMessage(
        role="assistant",
        tool_calls=(
            ToolUse(id="a", name="lookup", arguments='{"id": 7}'),
            ToolUse(id="b", name="lookup", arguments='{"id": 8}'),
        ),
    ),
    CaseMessage(role="tool", tool_call_id="a", content="shipped"),
    CaseMessage(role="tool", tool_call_id="b", content="lost"),
    CaseMessage(role="user", content="And the other?"),
)
LOOKUP = Tool(name="lookup", description="Finds orders", parameters={"type": "object"})


def anthropic(_: object) -> Any:
    content = [{"type": "text", "text": GOOD}]
    usage = {"input_tokens": 9, "output_tokens": 5}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "fake-2"}
    return reply(200, message | {"content": content, "stop_reason": "end_turn", "usage": usage})


def test_chat_completions_get_tools_calls_and_parameters_as_logged(
    place: Place, serve: Serve
) -> None:
    model = serve(more="parameters = { temperature = 0 }")
    logged = Run(parameters={"temperature": 0.7, "max_tokens": 50})
    place.case("Talk", messages=TALK, tools=(LOOKUP,), run=logged)

    assert place.run("eval", "--live").code == 0
    body = model.asked[0]

    assert (body["temperature"], body["max_tokens"]) == (0, 50)
    assert body["tools"][0]["function"]["name"] == "lookup"
    assert body["messages"][2]["tool_calls"][0]["function"] == {
        "name": "lookup",
        "arguments": '{"id": 7}',
    }
    assert body["messages"][3] == {"role": "tool", "content": "shipped", "tool_call_id": "a"}


def test_anthropic_gets_the_same_talk_in_its_own_words(place: Place, serve: Serve) -> None:
    model = serve(anthropic, kind="anthropic", key="TAILLLM_KEY")
    place.case("Talk", messages=TALK, tools=(LOOKUP,))

    assert place.run("eval", "--live").code == 0
    body = model.asked[0]

    assert body["system"] == "You help Ana.\n"
    assert body["max_tokens"] == 1024
    assert [message["role"] for message in body["messages"]] == [
        "user",
        "assistant",
        "user",
        "user",
    ]
    assert [block["content"] for block in body["messages"][2]["content"]] == ["shipped", "lost"]
    assert body["messages"][1]["content"][0]["input"] == {"id": 7}
    assert "x-api-key: sk-secret" in model.heads[0]


def test_without_a_prompt_file_the_request_goes_out_as_logged(place: Place, serve: Serve) -> None:
    del place.target["prompt"], place.target["model"]
    model = serve()
    place.case("Refund", observed=Observed(model="gpt-4o", system="As it was.", content=GOOD))

    place.run("eval", "--live")

    assert model.asked[0]["model"] == "gpt-4o"
    assert model.asked[0]["messages"][0] == {"role": "system", "content": "As it was."}


def test_the_teams_own_endpoint_gets_its_own_form(place: Place, serve: Serve) -> None:
    model = Model(lambda _: reply(200, {"data": {"said": [GOOD]}}))
    place.config(
        "[targets.support.body]\n"
        'question = "{{input}}"\nfor = "shop of {{name}}"\nmessages = "{{messages}}"\n',
        kind="http",
        url=model.url,
        answer="data.said[0]",
        model=None,
    )
    text = (place.folder / "tailllm.toml").read_text().replace("model = null\n", "")
    (place.folder / "tailllm.toml").write_text(text)
    place.case("Refund", {"type": "equals", "value": GOOD})

    done = place.run("eval", "--live")
    model.close()

    assert done.code == 0, done.out + done.err
    assert model.asked[0]["question"] == "Refund"
    assert model.asked[0]["for"] == "shop of Ana"
    assert model.asked[0]["messages"] == [{"role": "user", "content": "Refund"}]


CODE = """
import asyncio, os
def plain(ask):
    return ask["prompt"] + ask["input"] + os.environ["TAILLLM_OWN"]
async def later(ask):
    await asyncio.sleep(0.01)
    print("noise on stdout is no answer")
    return {"output_text": "", "tool_calls": [{"name": "refund", "arguments": {"n": 1}}]}
def raises(ask):
    raise KeyError("order")
def hangs(ask):
    import time; time.sleep(30)
def leaves(ask):
    os._exit(3)
"""
SAYS = {"type": "contains", "value": "You help Ana.\nRefund!"}
CALLS = {"type": "tool_call", "tool": "refund", "arguments": {"n": 1}}
FUNCTIONS = [
    ("plain", SAYS, 0, ""),
    ("later", CALLS, 0, ""),
    ("raises", SAYS, 3, "KeyError: 'order'"),
    ("hangs", SAYS, 3, "took over 0.3 s"),
    ("leaves", SAYS, 3, "its process has ended"),
    ("missing", SAYS, 3, "cannot be loaded"),
]


@pytest.mark.parametrize(("name", "check", "code", "words"), FUNCTIONS)
def test_a_function_of_the_team_answers_or_says_why_not(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str, check: Any, code: int, words: str
) -> None:
    monkeypatch.setenv("TAILLLM_OWN", "!")
    (place.folder / "our_app.py").write_text(CODE)
    place.target = {"kind": "python", "prompt": "prompts/support.md"}
    place.config(call=f"our_app:{name}", timeout_s=0.3 if name == "hangs" else 20)
    place.case("Refund", check)

    done = place.run("eval", "--live")

    assert done.code == code, done.out + done.err
    assert words in done.out


PROGRAMS = [
    ("import sys, json; print(json.load(sys.stdin)['input'] + '!')", 0, ""),
    ('print(\'{"output_text": "Refund!"}\')', 0, ""),
    ("import sys; sys.exit('no such order')", 3, "ended with 1: no such order"),
    ("import time; time.sleep(30)", 3, "took over 0.3 s"),
]


@pytest.mark.parametrize(("code", "exit_code", "words"), PROGRAMS)
def test_a_program_answers_or_says_why_not(
    place: Place, code: str, exit_code: int, words: str
) -> None:
    place.target = {"kind": "command"}
    patience = 0.3 if "sleep" in code else 20
    place.config(argv=[sys.executable, "-c", code], timeout_s=patience)
    place.case("Refund", {"type": "equals", "value": "Refund!"})

    done = place.run("eval", "--live")

    assert done.code == exit_code, done.out + done.err
    assert words in done.out


def test_changed_code_makes_the_recordings_of_a_function_stale(place: Place) -> None:
    code = place.folder / "our_app.py"
    code.write_text("def answer(ask):\n    return 'fine'\n")
    place.target = {"kind": "python"}
    place.config(call="our_app:answer", files=["our_*.py"])
    place.case("Refund")
    place.settle()
    fresh = place.run("eval")
    code.write_text("def answer(ask):\n    return 'has been issued'\n")

    assert fresh.code == 0
    assert place.run("eval").code == 3


JUDGED = '[targets.judge]\nkind = "openai"\nmodel = "judge-1"\nurl = "{url}"\n'
RUBRIC = {"type": "rubric", "text": "Names the five days.", "samples": 3}


def judging(votes: list[str]) -> Any:
    rest = iter(votes * 10)

    def answer(body: dict[str, Any]) -> str:
        if body["model"] != "judge-1":
            return GOOD
        asked = json.loads(body["messages"][-1]["content"])
        assert (asked["rubric"], asked["answer"]) == (RUBRIC["text"], GOOD)
        return next(rest)

    return answer


YES, NO = '{"pass": true, "reason": "it does"}', 'Well: {"pass": false, "reason": "it does not"}'


@pytest.mark.parametrize(
    ("votes", "code", "words"),
    [
        ([YES, YES, NO], 0, "NEW 1"),
        ([NO, YES, NO], 1, "1 of 3 samples of the judge pass it: it does not"),
        ([YES, "perhaps", YES], 3, "its reply is no JSON object"),
    ],
)
def test_a_rubric_is_judged_by_a_majority_that_is_shown(
    place: Place, votes: list[str], code: int, words: str
) -> None:
    model = Model(judging(votes))
    place.settings |= {"judge": "judge", "jobs": 1}
    place.config(JUDGED.format(url=model.url), url=model.url)
    place.case("Refund", RUBRIC)

    live = place.run("eval", "--live")
    asked = len(model.asked)
    replay = place.run("eval")
    model.close()

    assert (live.code, replay.code) == (code, code)
    assert words in live.out
    assert words in replay.out
    assert len(model.asked) == asked


def test_another_judge_than_the_baselines_is_no_pass(place: Place) -> None:
    model = Model(judging([YES]))
    place.settings |= {"judge": "judge"}
    place.config(JUDGED.format(url=model.url), url=model.url)
    place.case("Refund", RUBRIC)
    place.settle()
    config = place.folder / "tailllm.toml"
    config.write_text(config.read_text().replace("judge-1", "judge-2"))

    done = place.run("eval", "--live")
    model.close()

    assert done.code == 3
    assert "judged by judge-2@" in done.out
