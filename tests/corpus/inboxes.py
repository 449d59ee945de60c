"""Boring calls to mark and inboxes to put them in."""

from typing import Any

from tailllm.records.call import Call, Evaluation, Message, MessagePart


def said(role: str, text: str) -> Message:
    return Message(role=role, parts=(MessagePart(type="text", content=text),))


def asked(text: str, answer: str = "Sure!", **more: Any) -> Call:
    plain: dict[str, Any] = {
        "key": f"resp:{abs(hash(text)):x}",
        "format": "native",
        "prompt_name": "billing",
        "prompt_version": "v14",
        "input_messages": (said("system", "Be kind."), said("user", text)),
        "output_text": answer,
    }
    return Call(**plain | more)


def failing(name: str) -> Evaluation:
    return Evaluation(name=name, passed=False, by="tailllm")
