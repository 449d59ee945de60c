"""A transcript's lines come to the answers that were given, once each."""

import json
from typing import Any

from tailllm.records.call import Call
from tests.dialects.reading import Reading, raw_lines, read

TEXT = {"type": "text", "text": "Hello."}


def turn(uuid: str, parent: str | None, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    line = {"type": message["role"], "sessionId": "s", "uuid": uuid, "parentUuid": parent}
    return line | {"timestamp": "2026-11-22T14:07:03.362Z", "message": message} | more


def asked(uuid: str, parent: str | None, content: Any) -> dict[str, Any]:
    return turn(uuid, parent, {"role": "user", "content": content})


def block(uuid: str, parent: str, block: dict[str, Any], **more: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "id": "msg_1", "model": "claude-x"}
    message["content"] = [block]
    usage = {"input_tokens": 7, "output_tokens": more.pop("output_tokens", 9)}
    message |= {"usage": usage, "stop_reason": more.pop("stop_reason", None)}
    return turn(uuid, parent, message, requestId="req_1", **more)


def tool(name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": name, "input": {}}


def result(name: str) -> list[dict[str, Any]]:
    return [{"type": "tool_result", "tool_use_id": name, "content": name.upper()}]


def read_lines(*lines: dict[str, Any]) -> Reading:
    return read(raw_lines(b"\n".join(json.dumps(line).encode() for line in lines)))


def calls(*lines: dict[str, Any]) -> list[Call]:
    return read_lines(*lines).calls()


def test_the_blocks_of_an_answer_are_one_call() -> None:
    [call] = calls(
        asked("a", None, "Hi"),
        block("b", "a", {"type": "thinking", "thinking": "Hm."}, output_tokens=1),
        block("c", "b", TEXT, stop_reason="end_turn"),
    )

    assert call.output_messages is not None
    assert [part.type for part in call.output_messages[0].parts] == ["reasoning", "text"]
    assert (call.output_text, call.usage.output_tokens) == ("Hello.", 9)
    assert (call.finish_reason, call.usage.estimated) == ("stop", False)


def test_tokens_written_while_the_answer_ran_are_estimates() -> None:
    [call] = calls(asked("a", None, "Hi"), block("b", "a", TEXT, output_tokens=1))

    assert call.usage.estimated


def test_a_replay_is_neither_a_call_nor_said_twice() -> None:
    replay = block("c", "a", TEXT, isSidechain=True) | {"requestId": "req_2"}

    reading = read_lines(asked("a", None, "Hi"), block("b", "a", TEXT), replay)
    [call] = reading.calls()

    assert call.output_text == "Hello."
    assert len(call.source) == 3


def test_tools_that_ran_side_by_side_are_all_in_the_next_input() -> None:
    answer = block("f", "e", TEXT)
    answer["message"]["id"] = "msg_2"

    call = calls(
        asked("a", None, "Hi"),
        block("b", "a", tool("x")),
        asked("d", "b", result("x")),
        block("c", "b", tool("y")),
        asked("e", "c", result("y")),
        answer,
    )[-1]

    assert call.input_messages is not None
    assert [message.role for message in call.input_messages] == ["user", "assistant", "user"]
    assert [part.name for part in call.input_messages[1].parts] == ["x", "y"]
    assert [part.response for part in call.input_messages[2].parts] == ["X", "Y"]


def test_a_call_read_again_from_its_lines_has_its_input() -> None:
    lines = raw_lines(
        b"\n".join(
            json.dumps(line).encode()
            for line in [
                asked("z", None, "Before"),
                turn("y", "z", {"role": "system"}),
                asked("a", "y", "Hi"),
                block("b", "a", TEXT),
            ]
        )
    )
    [folded] = read(lines).folded.values()
    at = {line.address: line for line in lines}

    [again] = read([at[address] for address in folded.source]).folded.values()

    assert again.fields == folded.fields


def test_an_error_without_a_body_keeps_its_text() -> None:
    said = {"role": "assistant", "model": "<synthetic>", "content": [{"type": "text", "text": "API Error (Request timed out.)"}]}  # fmt: skip
    [call] = calls(asked("a", None, "Hi"), turn("b", "a", said, isApiErrorMessage=True))

    assert (call.status, call.error_message) == ("error", "API Error (Request timed out.)")
    assert call.output_text is None
    assert call.usage.input_tokens is None


def test_what_the_client_says_itself_is_no_call() -> None:
    said = {"role": "assistant", "model": "<synthetic>", "content": [TEXT]}

    assert not calls(asked("a", None, "Hi"), turn("b", "a", said))


def test_the_last_question_is_shown_however_many_tools_ran_since() -> None:
    lines = [asked("u", None, "Hi")]
    for step in range(100):
        use = block(f"t{step}", lines[-1]["uuid"], tool("x"))
        use["message"]["id"] = f"msg_t{step}"
        lines += [use, asked(f"r{step}", f"t{step}", result("x"))]
    last = block("b", "r99", TEXT)

    found = calls(*lines, last)[-1]

    assert found.input_messages is not None
    assert found.input_messages[0].text == "Hi"
    assert len(found.source) < 50
