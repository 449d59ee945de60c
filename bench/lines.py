"""Native log lines from a seed: long ones as assistants write them, short ones as routers do."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

START_S = 1_795_348_800.0
MODELS = ("gpt-4o-mini-2024-07-18", "gpt-4o-2024-08-06", "sonnet-4-5", "haiku-4-5")
PROMPTS = (("support_reply", "v14"), ("support_reply", "v15"), ("route_intent", "v9"))
VALIDATORS = ("max_length", "no_pii", "json_schema")
PROSE = (
    "ride dock invoice refund charged bike unlock station tariff night account card yesterday "
    "please report help broken app trip map price minutes where why never again support 訂單 "
    "öffnen вопрос the a my your is was not and"
)


def lines(count: int, *, length_bytes: int, seed: int = 7) -> Iterator[bytes]:
    """`count` native lines of about `length_bytes`, newline included, the same for a seed."""
    random = Random(seed)
    prose = " ".join(random.choices(PROSE.split(), k=40_000))
    for number in range(count):
        yield (
            json.dumps(_call(number, random, prose, length_bytes), ensure_ascii=False).encode()
            + b"\n"
        )


def line(text: str) -> bytes:
    """One short call of now, with this user text."""
    call = {
        "tailllm": 1,
        "ts": time.time(),
        "ms": 900.0,
        "id": f"chatcmpl-{text}",
        "model": MODELS[0],
        "messages": [{"role": "user", "content": text}],
        "output": text,
        "finish": "stop",
        "usage": {"input": 100, "output": 10},
    }
    return json.dumps(call).encode() + b"\n"


def write(path: Path, count: int, *, length_bytes: int, seed: int = 7) -> int:
    """Write a log; returns its size in bytes."""
    with path.open("wb") as log:
        log.writelines(lines(count, length_bytes=length_bytes, seed=seed))
    return path.stat().st_size


def _call(number: int, random: Random, prose: str, length_bytes: int) -> dict[str, object]:
    name, version = random.choice(PROMPTS)
    usage = {"input": random.randint(200, 4000), "output": random.randint(5, 500)}
    call: dict[str, object] = {
        "tailllm": 1,
        "ts": START_S + number * 0.025,
        "ms": round(random.lognormvariate(6.8, 0.5), 1),
        "id": f"chatcmpl-{random.getrandbits(96):024x}",
        "model": random.choice(MODELS),
        "prompt": {"name": name, "version": version},
        "messages": [],
        "output": "",
        "finish": "stop",
        "usage": usage,
    }
    if length_bytes > 1000:
        call["session"], call["user"] = f"sess-{number // 3:05d}", f"user-{number % 500}"
        call["checks"] = [{"name": one, "ok": random.random() > 0.01} for one in VALIDATORS]
    room = (length_bytes - len(json.dumps(call)) - 50) * len(prose) / len(prose.encode())
    shares = (
        (("user", 0.7), ("reply", 0.3))
        if room < 1000
        else (("system", 0.6), ("user", 0.3), ("reply", 0.1))
    )
    texts = {role: _text(random, prose, int(room * share)) for role, share in shares}
    call["output"] = texts.pop("reply")
    call["messages"] = [{"role": role, "content": text} for role, text in texts.items()]
    return call


def _text(random: Random, prose: str, length: int) -> str:
    start = random.randrange(len(prose) - length - 1)
    return prose[start : start + max(1, length)]
