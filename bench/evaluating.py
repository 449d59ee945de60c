"""How fast the corpus is evaluated, beside a bare httpx loop and other runners, in turn.

The endpoint answers after 50 ms, from a process of its own. The bare loop has one client for
each worker, which is httpx at its best; it loads no case, grades nothing and reports nothing.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import eval_peers, goals
from bench.goals import Row
from bench.measure import child
from tailllm import ink

START, END = "<!-- evals: start -->", "<!-- evals: end -->"
SRC = str(Path(__file__).parents[1] / "src")
DELAY_S = 0.05
CASES = 1_000
PEER_CASES = 200
"""Of other runners, some of which take half a minute for a thousand."""
ANSWER = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "fake-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": '{"answer": "refund in 5 days"}'},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
).encode()
CHECKS = (
    '[[expect]]\ntype = "contains"\nvalue = "refund"\n',
    '[[expect]]\ntype = "regex"\npattern = "in \\\\d+ days"\n',
    '[[expect]]\ntype = "json"\n',
)
BARE = """
import asyncio, sys
import httpx
url, cases, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
body = {"model": "fake-1", "messages": [{"role": "user", "content": "Where is my refund? " * 20}]}
async def worker(todo, ssl):
    async with httpx.AsyncClient(verify=ssl) as client:
        for _ in todo:
            answer = await client.post(url + "/chat/completions", json=body)
            assert answer.json()["choices"]
async def main():
    todo, ssl = iter(range(cases)), httpx.create_ssl_context()
    await asyncio.gather(*(worker(todo, ssl) for _ in range(jobs)))
asyncio.run(main())
"""


def measure(rounds: int = 3, cases: int = CASES) -> Iterator[Row]:
    """The rows of the goals."""
    with TemporaryDirectory() as folder, endpoint() as url:
        many, one = Path(folder, "many"), Path(folder, "one")
        corpus(many, cases, url)
        corpus(one, 1, url)
        yield from _live(many, url, cases, rounds)
        yield from _single(one, url, rounds)
        yield from _replay(many, cases, rounds)
        yield _load(many, cases)
        for runner in eval_peers.RUNNERS:
            yield _peer(runner, Path(folder), url, 1, rounds)
            yield _peer(runner, Path(folder), url, min(cases, PEER_CASES), 1)
    yield _throttled(cases, rounds)


def corpus(folder: Path, cases: int, url: str) -> None:
    """A folder with a config and so many cases: a third of each kind of check."""
    (folder / "corpus" / "cases").mkdir(parents=True)
    (folder / "tailllm.toml").write_text(
        f'[targets.support]\nkind = "openai"\nurl = "{url}"\nmodel = "fake-1"\n'
    )
    for n in range(cases):
        text = f"Where is my refund, number {n}? " * 12
        (folder / "corpus" / "cases" / f"case-{n:05}.toml").write_text(
            f'schema = 1\nid = "case-{n:05}"\ntitle = "refund {n}"\ntarget = "support"\n'
            f'tags = ["refund"]\n\n[[messages]]\nrole = "user"\ncontent = "{text}"\n\n'
            + CHECKS[n % len(CHECKS)]
        )


def tailllm(folder: Path, *argv: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak MB of one command, start-up included."""
    return _process([sys.executable, "-m", "tailllm", *argv], folder)


def bare(url: str, cases: int, jobs: int) -> tuple[float, float, float]:
    """The same for the bare loop."""
    return _process([sys.executable, "-c", BARE, url, str(cases), str(jobs)], Path.cwd())


def _peer(runner: eval_peers.Runner, folder: Path, url: str, cases: int, rounds: int) -> Row:
    """Another runner on as many cases, as a whole process, beside the bare loop."""
    command = runner.command(folder, url, cases)
    jobs = min(cases, eval_peers.JOBS)
    work = f"{runner.name}, {ink.counted(cases, 'case')} at {jobs} at once"
    if command is None:
        return Row(work, "-", "not installed here", None)
    more = eval_peers.environ(url)
    ours, theirs = _in_turn(
        rounds, lambda: _process(command, folder, more, fine={0}), lambda: bare(url, cases, jobs)
    )
    ratio = median(o[0] / t[0] for o, t in zip(ours, theirs, strict=True))
    held = max(o[2] for o in ours)
    return Row(work, "-", f"{ratio:.2f}x ({_ms(ours)} / bare {_ms(theirs)}), {held:.0f} MB", None)


def _process(
    command: list[str],
    folder: Path,
    more: dict[str, str] | None = None,
    fine: Set[int] = frozenset({0, 1}),
) -> tuple[float, float, float]:
    environ = (
        os.environ | (more or {}) | {"PYTHONPATH": SRC, "HOME": str(folder), "XDG_CACHE_HOME": ""}
    )
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # An installed program is compiled.
    cost = child(command, cwd=folder, environ=environ)
    if cost.code not in fine:
        raise RuntimeError(f"{command}: {cost.said[-500:]}")
    return cost.wall_s, cost.cpu_s, cost.peak_mb


def _live(folder: Path, url: str, cases: int, rounds: int) -> Iterator[Row]:
    argv = ("eval", "--live", "--fresh", "-j", "64")
    ours, theirs = _in_turn(rounds, lambda: tailllm(folder, *argv), lambda: bare(url, cases, 64))
    ratio = median(o[0] / t[0] for o, t in zip(ours, theirs, strict=True))
    cpu_ms = median(o[1] for o in ours) / cases * 1e3
    said = f"{ratio:.2f}x ({_ms(ours)} / bare {_ms(theirs)})"
    yield Row(
        f"eval --live, {cases:,} cases at 64 at once",
        "at most 1.25x a bare httpx loop",
        said,
        ratio <= 1.25,
    )
    yield Row("the same, processor a case", "at most 2 ms", f"{cpu_ms:.2f} ms", cpu_ms <= 2)
    held = max(o[2] for o in ours)
    yield Row("the same, memory", "at most 60 MB", f"{held:.0f} MB", held <= 60)


def _single(folder: Path, url: str, rounds: int) -> Iterator[Row]:
    argv = ("eval", "--live", "--fresh")
    ours, theirs = _in_turn(2 * rounds + 1, lambda: tailllm(folder, *argv), lambda: bare(url, 1, 1))
    ratio = median(o[0] / t[0] for o, t in zip(ours, theirs, strict=True))
    said = f"{ratio:.2f}x ({_ms(ours)} / bare {_ms(theirs)})"
    yield Row("eval --live, one case", "at most 1.40x a bare httpx loop", said, ratio <= 1.4)


def _replay(folder: Path, cases: int, rounds: int) -> Iterator[Row]:
    tailllm(folder, "baseline", "accept")
    taken = [tailllm(folder, "eval") for _ in range(3 * rounds)]
    wall, cpu = median(one[0] for one in taken), median(one[1] for one in taken)
    said = f"{wall:.2f} s ({cpu:.2f} s of processor)"
    yield Row(f"eval --replay, {cases:,} cases", "at most 0.6 s", said, wall <= 0.6)


def _load(folder: Path, cases: int) -> Row:
    code = (
        "import sys, time; from pathlib import Path; from tailllm.corpus.cases import load_cases\n"
        "folder, cache = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "load_cases(folder, cache=cache); begun = time.perf_counter()\n"
        f"assert len(load_cases(folder, cache=cache).cases) == {cases}\n"
        "print(time.perf_counter() - begun)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder / "corpus", folder / "cache"],
        env=os.environ | {"PYTHONPATH": SRC},
        capture_output=True,
        check=True,
        text=True,
    )
    wall = float(done.stdout)
    return Row(f"warm load of {cases:,} cases", "at most 0.1 s", f"{wall:.3f} s", wall <= 0.1)


def _throttled(cases: int, rounds: int) -> Row:
    """A hidden limit of 24: the speed of `-j auto` against the best fixed number."""
    argv = ("eval", "--live", "--fresh")
    with TemporaryDirectory() as name, endpoint(limit=24) as url:
        folder = Path(name)
        corpus(folder, cases, url)
        tailllm(folder, *argv)
        # The least of all rounds: a busy machine can only make a way slower than it is.
        taken = {"auto": 1e9, "-j 20": 1e9, "-j 24": 1e9}
        for _ in range(rounds):
            for way, least in taken.items():
                wall = tailllm(folder, *argv, "-j", way.split()[-1])[0]
                taken[way] = min(least, wall)
    found = taken.pop("auto")
    best = min(taken, key=lambda way: taken[way])
    fixed = taken[best]
    share = fixed / found
    said = f"{share:.0%} ({found:.2f} s; {best}: {fixed:.2f} s)"
    return Row(
        "a hidden limit of 24, throughput", "at least 90 % of the best fixed -j", said, share >= 0.9
    )


def _in_turn(rounds, ours, theirs):  # type: ignore[no-untyped-def]
    taken = [(ours(), theirs()) for _ in range(rounds)]
    return [pair[0] for pair in taken], [pair[1] for pair in taken]


def _ms(taken: list[tuple[float, float, float]]) -> str:
    return f"{median(one[0] for one in taken) * 1e3:,.0f} ms"


@contextmanager
def endpoint(limit: int | None = None) -> Iterator[str]:
    """A server in a process of its own: its work must not be the client's."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        asyncio.run(_serve(write, limit))
    try:
        yield f"http://127.0.0.1:{int(os.read(read, 20))}/v1"
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


async def _serve(write: int, limit: int | None) -> None:
    now = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                if limit is not None and now >= limit:
                    writer.write(b"HTTP/1.1 429 X\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\n{}")
                    continue
                now += 1
                await asyncio.sleep(DELAY_S)
                now -= 1
                head_out = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                writer.write(head_out + b"content-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    os.write(write, str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


def run(rounds: int, *, publish: bool) -> None:
    """Print the rows, and put them into the docs if asked to."""
    rows = []
    for row in measure(rounds):
        print(f"  {row.work}: {row.measured} (goal: {row.goal})", flush=True)
        rows.append(row)
    if publish:
        goals.publish(goals.table(rows), start=START, end=END)
