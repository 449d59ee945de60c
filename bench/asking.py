"""What a screen asks several times a second, over a small ledger and over a large one."""

from random import Random

from bench.lines import MODELS, PROMPTS, START_S, VALIDATORS
from bench.measure import Way, in_turn, show
from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.store.filter import parse
from tailllm.store.span import ALL, Span
from tailllm.store.store import Store

PER_SECOND = 40


def run(small: int, large: int) -> None:
    """Compare the questions of a tick over two sizes of ledger; five minutes hold 12,000 calls."""
    stores = {count: store_of(count) for count in (small, large)}
    questions: dict[str, Way | None] = {}
    for count, store in stores.items():
        newest = store.newest_at or 0.0
        recent = Span(newest - 300, newest)
        questions |= {
            f"{count:>9,} calls: 5 min, total": lambda s=store, r=recent: s.stats(r),
            f"{count:>9,} calls: 5 min, by model": lambda s=store, r=recent: s.stats(r, by="model"),
            f"{count:>9,} calls: 5 min, by validator": (
                lambda s=store, r=recent: s.stats(r, by="validator")
            ),
            f"{count:>9,} calls: 5 min, timeline": lambda s=store, r=recent: s.timeline(r, 60),
            f"{count:>9,} calls: all time, total": lambda s=store: s.stats(ALL),
        }
    base = next(iter(questions))
    show(
        "Questions of a tick (ratio to the first)",
        in_turn(questions, 7),
        against=base,
        per="times",
        amount=1,
    )
    _filters(stores[small])


def _filters(store: Store) -> None:
    rows = [row for _, row in store.window.newest_first()]
    texts = ("model:gpt", "latency>2s in>2k", "refund invoice", "-status:ok OR user:*9")
    ways: dict[str, Way | None] = {
        "reading the window, no filter": lambda: list(store.window.newest_first())
    }
    for text in texts:
        keep = parse(text)
        ways[f"filter: {text}"] = lambda keep=keep: sum(map(keep, rows))
    base = next(iter(ways))
    title = f"A filter over {len(rows):,} calls (ratio to reading the window once)"
    show(title, in_turn(ways), against=base, per="calls", amount=len(rows))


def store_of(count: int) -> Store:
    """Calls as a service makes them, from a seed."""
    random, store = Random(7), Store()
    for start in range(0, count, 10_000):
        store.extend([_row(random, n) for n in range(start, min(count, start + 10_000))])
    return store


def _row(random: Random, number: int) -> Row:
    at = START_S + number / PER_SECOND
    name, version = random.choice(PROMPTS)
    verdicts = tuple((one, "passed" if random.random() > 0.01 else "failed") for one in VALIDATORS)
    return Row(
        key=f"resp:chatcmpl-{number:024x}",
        format="native",
        status="ok",
        state="done",
        at=at,
        arrived=at,
        latency_ms=random.lognormvariate(6.8, 0.5),
        ttft_ms=random.lognormvariate(5, 0.5),
        operation_name="chat",
        provider_name="openai",
        model=random.choice(MODELS),
        prompt_name=name,
        prompt_version=version,
        finish_reason="stop",
        input_tokens=random.randint(200, 4000),
        output_tokens=random.randint(5, 500),
        cache_read_input_tokens=None,
        reasoning_output_tokens=None,
        cost=None,
        error_type=None,
        http_status=200,
        trace_id=None,
        conversation_id=f"sess-{number // 3:05d}",
        user_id=f"user-{number % 500}",
        host=f"web-{number % 7}",
        route=("/chat", "/search")[number % 2],
        tool_calls=0,
        verdicts=verdicts,
        preview="why was I charged twice for the ride I never took yesterday",
        reply="Open the app, tap Account, then Rides. Each ride shows its price.",
        source=(Address("803:12345:abcdef0123456789", number * 5300, 5299),),
    )
