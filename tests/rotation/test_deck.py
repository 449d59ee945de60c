"""Drawing a deck: what is in it, what never is, and that it can be drawn again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.corpus.session_lines import Card
from tailllm.errors import UsageError
from tailllm.novelty.index import NoveltyIndex
from tailllm.records.row import Row
from tailllm.rotation.deck import Deal, deal
from tailllm.rotation.mix import SHARES, WEIGHTS, counts, parse, told
from tailllm.rotation.pools import Candidate, Compared, pools

from .conftest import card

MakeRow = Callable[..., Row]
EMPTY = Compared(NoveltyIndex().score, 0)


def as_card(one: Candidate, share: str) -> Card:
    return Card(one.row.key, f"id of {one.row.key}", share, one.why)


def drawn(
    rows: Sequence[Row], mix: dict[str, int], *, taken: frozenset[str] = frozenset(), seed: int = 1
) -> Deal:
    return deal(
        pools(rows, mix=mix, seed=seed, compared=EMPTY),
        mix,
        seed=seed,
        taken=lambda card: card.key in taken,
        keys=taken,
        as_card=as_card,
    )


@pytest.fixture
def week(make_row: MakeRow) -> list[Row]:
    """Two hundred calls, with all that a deck looks for."""
    rows = [
        make_row(preview=f"how do I {n} the {n % 31}", conversation_id=None) for n in range(180)
    ]
    odd = {"status": "error", "conversation_id": None}
    rows += [make_row(error_type=f"kind {n % 3}", preview=f"e{n}", **odd) for n in range(9)]
    rows += [make_row(conversation_id="endless", preview=f"and then {n}") for n in range(9)]
    rows += [
        make_row(latency_ms=90_000.0, preview="why is it slow as a snail", conversation_id=None),
        make_row(latency_ms=1.0, preview="f", conversation_id=None),
    ]
    return rows


@given(
    st.integers(1, 60),
    st.sets(st.integers(0, 119)),
    st.integers(0, 99),
    st.dictionaries(st.sampled_from(sorted(SHARES)), st.integers(0, 9), min_size=1),
)
@settings(max_examples=25, deadline=None)
def test_whatever_the_mix_no_card_twice_and_none_that_was_read(
    size: int, read: set[int], seed: int, weights: dict[str, int]
) -> None:
    if not sum(weights.values()):
        weights["random"] = 1
    rows = [plain_row(n) for n in range(120)]
    taken = frozenset(rows[n].key for n in read)
    found = drawn(rows, counts(size, weights), taken=taken, seed=seed)
    keys = [card.key for card in found.cards]

    assert len(keys) == len(set(keys)) <= size
    assert not taken & set(keys)
    assert found == drawn(rows[::-1], counts(size, weights), taken=taken, seed=seed)


def plain_row(n: int) -> Row:
    return Row(
        f"resp:{n}", "native", "error" if n % 9 == 0 else "ok", "done", float(n), float(n),
        float(n * 37 % 101), None, None, None, "m", None, None, None, None, None, None, None, None,
        None, None, None, f"talk-{n // 5}", None, None, None, 0, (), f"text {n % 50} {n}", f"reply {n}", (),
    )  # fmt: skip


@given(
    st.integers(1, 500),
    st.dictionaries(st.sampled_from(sorted(SHARES)), st.integers(1, 50), min_size=1),
)
def test_a_mix_has_as_many_cards_as_were_asked_for(size: int, weights: dict[str, int]) -> None:
    found = counts(size, weights)

    assert sum(found.values()) == size
    assert all(found[name] == 0 for name in SHARES if name not in weights)


def test_every_reason_to_read_has_its_cards(week: list[Row]) -> None:
    found = drawn(week, counts(20))
    kinds = {row.key: row.error_type for row in week}

    assert found.mix == {
        "random": 5, "failed": 3, "slow": 1, "fast": 1, "long": 1, "novel": 9,
    }  # fmt: skip
    assert {kinds[card.key] for card in found.cards} >= {"kind 0", "kind 1", "kind 2"}
    assert next(c.why for c in found.cards if c.share == "slow").startswith("SLOW: 90.00 s among")
    assert "LONG: 9 calls in its conversation" in {card.why for card in found.cards}


def test_the_uniform_share_is_drawn_from_all_calls_read_ones_too(make_row: MakeRow) -> None:
    rows = [make_row(preview=f"text {n}", conversation_id=None) for n in range(600)]
    odd = frozenset(row.key for row in rows[:300])
    mix = {"random": 100}
    found = drawn(rows, mix, taken=odd)
    met = len(found.drawn) / (len(found.drawn) + len(found.cards))

    assert len(found.cards) == 100
    assert 0.35 < met < 0.65
    assert set(found.drawn) <= odd


def test_two_cards_never_show_the_same_conversation_or_texts(make_row: MakeRow) -> None:
    same = [make_row(status="error", preview="refund", conversation_id=None) for _ in range(50)]
    talk = [make_row(status="error", preview=f"{n}", conversation_id="one") for n in range(50)]
    found = drawn(same + talk, {"failed": 10})

    assert len(found.cards) == 2


def test_a_reported_call_says_who_reported_it(make_row: MakeRow) -> None:
    rows = [make_row(preview=f"text {n}") for n in range(30)]
    made = pools(
        rows, mix=counts(5), seed=1, compared=EMPTY, reported={rows[3].key: "by lena: no refund"}
    )
    (one,) = made["reported"]

    assert (one.row.key, one.why) == (rows[3].key, "REPORTED by lena: no refund")


def test_a_novel_card_names_its_nearest_case(make_row: MakeRow) -> None:
    index = NoveltyIndex()
    index.add("refund-1", "i want my money back")
    index.add("refund-2", "give me a refund")
    rows = [make_row(preview="give me a refund now", conversation_id=None)]
    (one,) = pools(rows, mix={"novel": 1}, seed=1, compared=Compared(index.score, 2))["novel"]

    assert one.why.startswith("RARE PHRASING: novelty 0.")
    assert one.why.endswith("nearest refund-2")


def test_failures_before_the_last_session_are_no_news(make_row: MakeRow) -> None:
    rows = [make_row(status="error", at=float(n)) for n in range(10)]
    made = pools(rows, mix=counts(5), seed=1, compared=EMPTY, since=7.0)

    assert {one.row.at for one in made["failed"]} == {7.0, 8.0, 9.0}


def test_a_mix_is_read_and_told_in_the_same_words() -> None:
    assert parse("novel=10, random=5") == {"novel": 10, "random": 5}
    assert told({"random": 5, "novel": 10, "twice": 0}) == "10 novel, 5 random"


@pytest.mark.parametrize("text", ["", "novel", "novel=x", "news=3", "novel=0"])
def test_a_mix_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


def test_a_card_read_by_another_reader_is_dealt_again_only_if_the_mix_asks(
    make_row: MakeRow,
) -> None:
    rows = [make_row(preview=f"text {n}", conversation_id=None) for n in range(10)]
    theirs = [Candidate(row, "TWICE: tom reads it too") for row in rows]
    keys = frozenset(row.key for row in rows)
    ways = dict(pools(rows, mix=counts(4), seed=1, compared=EMPTY)) | {"twice": theirs}
    given = {"seed": 1, "taken": lambda card: card.key in keys, "keys": keys, "as_card": as_card}

    assert not deal(ways, counts(4), **given).cards  # type: ignore[arg-type]
    assert len(deal(ways, {"twice": 2}, **given).cards) == 2  # type: ignore[arg-type]


def test_the_usual_mix_is_of_twenty() -> None:
    assert sum(WEIGHTS.values()) == 20
    assert counts(20) == WEIGHTS
    assert card(1).share == "random"


def test_the_page_about_sessions_states_the_mix() -> None:
    page = (Path(__file__).parents[2] / "docs/rotation.md").read_text()
    table = page.split("<!-- mix", 1)[1].split("<!-- end mix", 1)[0]
    rows = [f"| `{name}` | {WEIGHTS[name]} | {why} |" for name, why in SHARES.items()]

    assert [line for line in table.splitlines() if line.startswith("| `")] == rows


def test_novel_cards_are_unlike_what_the_deck_holds_for_another_reason(make_row: MakeRow) -> None:
    plain: dict[str, object] = {"conversation_id": None}
    leaks = make_row(status="error", preview="my gas bottle leaks in the shed", **plain)
    gas = [make_row(preview=f"my gas bottle leaks in the {n}", **plain) for n in range(20)]
    other = make_row(preview="where does the night train to Lisbon stop", **plain)
    found = drawn([leaks, *gas, other], {"failed": 1, "novel": 1})

    assert {card.key for card in found.cards} == {leaks.key, other.key}


def test_of_the_slowest_the_most_surprising_is_the_card(make_row: MakeRow) -> None:
    index = NoveltyIndex()
    index.add("refund", "i want my money back for the broken lamp")
    common = "i want my money back for the broken lamp, number"
    rows = [make_row(preview=f"{common} {n}", latency_ms=float(n)) for n in range(990)]
    slow = {"latency_ms": 90_000.0}
    rows += [make_row(preview=f"{common} {n}", **slow) for n in range(9)]
    rows += [make_row(preview="does the night train stop in the old town", **slow)]
    made = pools(rows, mix={"slow": 1}, seed=1, compared=Compared(index.score, 1))
    given = {"seed": 1, "taken": lambda _card: False, "keys": (), "as_card": as_card}
    (one,) = deal(made, {"slow": 1}, **given).cards  # type: ignore[arg-type]

    assert one.key == rows[-1].key


def test_messages_of_a_word_or_two_do_not_fill_the_deck(make_row: MakeRow) -> None:
    index = NoveltyIndex()
    index.add("bye", "see you later")
    short = ["ta ta", "cheerio", "farewell", "so long", "adios", "cya", "bye bye", "toodles"]
    rows = [make_row(preview=text, conversation_id=None) for text in short]
    asked = ("does the night train stop in lisbon", "you should water my fig twice a week")
    rows += [make_row(preview=text, conversation_id=None) for text in asked]
    made = pools(rows, mix={"novel": 2}, seed=1, compared=Compared(index.score, 1))
    given = {"seed": 1, "taken": lambda _card: False, "keys": (), "as_card": as_card}
    found = deal(made, {"novel": 2}, **given).cards  # type: ignore[arg-type]

    assert {card.key for card in found} == {row.key for row in rows[-2:]}
