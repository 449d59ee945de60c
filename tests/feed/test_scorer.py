"""How new calls are to the corpus, while the log grows and beside the reading."""

import random
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from tailllm.feed.feed import Feed
from tailllm.feed.scorer import AT_ONCE, Scorer
from tailllm.novelty.index import NoveltyIndex
from tailllm.records.row import Row
from tailllm.store.filter import parse
from tailllm.store.store import Store
from tests.corpora import add_cases
from tests.feed.conftest import native
from tests.requests import KNOWN, requests
from tests.wait import wait_until

Rows = Callable[[list[str]], list[Row]]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    texts = requests(random.Random(1), 30)
    add_cases(tmp_path / "corpus", {f"case-{n:03d}": text for n, text in enumerate(texts)})
    return tmp_path / "corpus"


@pytest.fixture
def rows(make_row: Callable[..., Row]) -> Rows:
    def make(texts: list[str]) -> list[Row]:
        return [make_row(preview=text) for text in texts]

    return make


def brute(corpus: Path, rows: list[Row]) -> dict[str, tuple[float, str | None]]:
    """An oracle: each call compared with an index that was made for it alone."""
    from tailllm.corpus.wordings import Wordings

    index = NoveltyIndex()
    for id_, text in (Wordings(corpus, {}).news() or {}).items():
        index.add(id_, text)
    found = {row.key: index.score(row.preview) for row in rows if row.preview}
    return {key: (round(score.novelty, 9), score.nearest) for key, score in found.items()}


def known(store: Store, rows: list[Row]) -> dict[str, tuple[float, str | None]]:
    found = {row.key: store.novelties.of(row) for row in rows}
    return {key: (round(one.novelty, 9), one.nearest) for key, one in found.items() if one}


def test_every_call_ends_with_the_score_of_a_fresh_comparison_however_they_came(
    corpus: Path, rows: Rows
) -> None:
    rng = random.Random(3)
    store = Store(window_size=400)
    scorer = Scorer(store, corpus, {})
    held: dict[int, Row] = {}
    for turn in range(12):
        batch = rows(requests(rng, rng.randint(1, 3 * AT_ONCE), (*KNOWN, "gas")))
        numbers = store.prepend(batch) if rng.random() < 0.4 else store.extend(batch)
        held |= dict(zip(numbers, batch, strict=True))
        for _ in range(rng.randint(0, 2)):
            scorer.step()
        if turn % 4 == 3:
            add_cases(corpus, {f"late-{turn}": f"the gas lamp of turn {turn} hisses"})
            scorer.score_all()
            changed = rng.choice(sorted(held))
            held[changed] = held[changed]._replace(preview="the gas lamp of turn 3 hisses")
            store.replace(changed, held[changed])
    scorer.score_all()
    everything = list(held.values())

    assert known(store, everything) == brute(corpus, everything)
    assert parse("novel>=0").condition(store.ledger) is not None
    in_table = dict(store.ledger.ask("SELECT key, round(novelty, 9) FROM calls"))
    assert in_table == {key: novelty for key, (novelty, _) in brute(corpus, everything).items()}


def test_a_filter_chooses_the_same_calls_by_row_and_by_ledger_and_none_without_a_score(
    corpus: Path, rows: Rows
) -> None:
    store = Store()
    calls = rows([*requests(random.Random(5), 40, (*KNOWN, "gas")), ""])
    store.extend(calls)
    Scorer(store, corpus, {}).score_all()
    calls += rows(["nobody has looked at this one"])
    store.extend(calls[-1:])
    for text in ("novel>0.5", "novel<=50%", "novel:0.2..0.8", "novel:*", "-novel>0.5"):
        keep = parse(text)
        chosen = {row.key for row in calls if keep(row, novelty=store.novelties.novelty(row))}
        condition = keep.condition(store.ledger)
        assert condition is not None
        asked = store.ledger.ask(f"SELECT key FROM calls WHERE {condition.sql}", condition.values)

        assert {key for (key,) in asked} == chosen
        assert (calls[-1].key in chosen) == text.startswith("-")


def test_what_was_made_a_case_is_new_no_longer_and_the_case_is_named(
    corpus: Path, rows: Rows
) -> None:
    store = Store()
    call = rows(["the wheelbarrow sings at night"])
    store.extend(call)
    scorer = Scorer(store, corpus, {})
    scorer.score_all()
    before = store.novelties.of(call[0])
    add_cases(corpus, {"sings": "The wheelbarrow sings at night!"})
    scorer.score_all()
    after = store.novelties.of(call[0])

    assert before is not None
    assert after is not None
    assert before.novelty > 0.8
    assert after.novelty == pytest.approx(0.0)
    assert after.nearest == "sings"


def test_of_a_flood_the_newest_are_scored_first_and_the_rest_after(
    corpus: Path, rows: Rows
) -> None:
    store = Store()
    scorer = Scorer(store, corpus, {})
    scorer.score_all()
    calls = rows(requests(random.Random(6), 5 * AT_ONCE))
    store.extend(calls)
    scorer.step()

    assert set(known(store, calls)) == {row.key for row in calls[-AT_ONCE:]}
    scorer.score_all()
    assert len(known(store, calls)) == len(calls)


def test_scores_take_bounded_memory_and_go_with_the_calls(corpus: Path, rows: Rows) -> None:
    store = Store(window_size=50)
    scorer = Scorer(store, corpus, {})
    for _ in range(10):
        store.extend(rows(requests(random.Random(7), 40)))
        scorer.score_all()

    assert len(store.novelties) <= 50


def test_without_a_case_nothing_is_scored_and_nothing_is_zero(tmp_path: Path, rows: Rows) -> None:
    store = Store()
    calls = rows(requests(random.Random(8), 5))
    store.extend(calls)

    assert not Scorer(store, tmp_path / "none", {}).score_all()
    assert [store.novelties.novelty(row) for row in calls] == [None] * 5
    assert store.ledger.ask("SELECT count(novelty) FROM calls") == [(0,)]


def test_while_a_log_is_followed_its_calls_are_scored_beside_the_reading(
    corpus: Path, log: Path, open_feed: Callable[..., Feed]
) -> None:
    log.write_bytes(native(1))
    feed = open_feed(log)
    scorer = Scorer(feed.store, corpus, {})
    news = Event()
    feed.store.novelties.wanted = True
    scorer.start(news.set)
    try:
        with log.open("ab") as writer:
            writer.write(native(2))
        wait_until(lambda: feed.step() or len(feed.window) == 2)
        wait_until(lambda: len(feed.store.novelties) == 2)
        wait_until(news.is_set)
    finally:
        scorer.close()
    assert scorer.failure is None
