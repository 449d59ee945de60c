"""Session files: nothing lost, nothing read twice, no card for two, no secret."""

import os
import stat
import threading
from collections.abc import Callable

from tailllm.corpus.sessions import HELD_S, Sessions
from tailllm.corpus.surprise import surprise, weeks
from tailllm.records.call import Call, Message, MessagePart
from tailllm.records.share import Share
from tailllm.rotation.summary import rows, summary

from .conftest import Clock, card, dealt

Reader = Callable[..., Sessions]
KEY = "sk-proj-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY"


def test_what_was_said_is_there_after_a_kill(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, card(0), card(1), card(2))
    ana.say(session, 0, "expected")
    ana.say(session, 1, "surprising", note="asks three things")
    with session.path.open("ab") as file:
        file.write(b'{"schema":1,"kind":"verdict","card":2,"sa')
    listing = reader().read()
    (again,) = listing.open("ana", "prod-3")

    assert [again.said[n].said for n in (0, 1)] == ["expected", "surprising"]
    assert again.said[1].note == "asks three things"
    assert again.left == [2]
    assert listing.unread == 1


def test_a_word_after_a_torn_line_stands_on_its_own(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, card(0), card(1))
    with session.path.open("ab") as file:
        file.write(b'{"schema":1,"kind":"ver')
    ana.say(session, 0, "expected")

    assert reader().read().sessions[0].left == [1]


def test_the_latest_word_about_a_card_counts_and_undo_takes_it_back(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, card(0), card(1))
    ana.say(session, 0, "wrong", mark_id="m")
    ana.say(session, 0, "expected")
    ana.say(session, 1, "skip")
    ana.unsay(session, 1)
    again = reader().read().sessions[0]

    assert [(c.key, line.said) for c, line in again.read] == [("resp:0", "expected")]
    assert again.left == [1]
    assert again.said == session.said


def test_a_session_file_is_private_and_only_ever_grows(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, card(0))
    before = session.path.read_bytes()
    ana.say(session, 0, "skip")

    assert session.path.read_bytes().startswith(before)
    assert stat.S_IMODE(os.stat(session.path).st_mode) == 0o600
    for folder in session.path.parents[:2]:
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert session.path.read_bytes().count(b"\n") == 2


def test_no_secret_of_a_call_or_a_note_reaches_the_corpus(reader: Reader) -> None:
    ana = reader()
    part = MessagePart(type="text", content=f"my key is {KEY}")
    call = Call(
        key="resp:1", format="native", input_messages=(Message(role="user", parts=(part,)),)
    )
    found = ana.card(call, key="resp:1", share="random", why=f"REPORTED {KEY}", asked=part.content)
    session = dealt(ana, found)
    ana.say(session, 0, "surprising", note=f"it says {KEY}")
    text = session.path.read_text()

    assert KEY not in text
    assert text.count("[REDACTED:") == 3


def test_the_same_call_in_a_rotated_log_is_the_same_card(reader: Reader) -> None:
    ana = reader()
    calls = [Call(key=key, format="native", output_text="Yes.") for key in ("line:1:0", "line:2:9")]
    one, other = (ana.card(c, key=c.key, share="random", why="", asked="") for c in calls)
    dealt(ana, one)

    assert ana.read().taken(0).has(other)


def test_cards_nobody_came_back_for_are_anybodys_after_a_while(
    reader: Reader, clock: Clock
) -> None:
    ana = reader()
    session = dealt(ana, card(0), card(1))
    ana.say(session, 0, "expected")
    held = [ana.read().taken(clock.now + late).has(card(1)) for late in (HELD_S / 2, HELD_S * 2)]
    read = ana.read().taken(clock.now + 99 * HELD_S)

    assert held == [True, False]
    assert read.has(card(0))


def test_readers_who_start_at_the_same_time_share_no_card(reader: Reader) -> None:
    start, failed = threading.Barrier(6), []

    def draw(name: str) -> None:
        mine = reader(name)
        start.wait()
        with mine.drawing() as listing:
            taken = listing.taken(mine.clock())
            deck = [c for c in map(card, range(60)) if not taken.has(c)][:10]
            mine.start(deck, seed=1, mix={}, period_s=None, population=60)
        failed.extend([] if len(deck) == 10 else [name])

    threads = [threading.Thread(target=draw, args=(f"reader {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [c.key for session in reader().read().sessions for c in session.cards]

    assert not failed
    assert sorted(keys) == sorted({card(n).key for n in range(60)})


def test_the_surprise_rate_is_that_of_the_random_share_alone(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, *(card(n, "novel") for n in range(5)), *(card(n) for n in range(10, 20)))
    for place in range(5):
        ana.say(session, place, "wrong")
    for place in range(5, 15):
        ana.say(session, place, "surprising" if place == 5 else "expected")

    assert surprise([session], [session]) == Share(1, 10)
    assert summary([session], [session]).surprise == Share(1, 10)


def test_a_call_drawn_at_random_that_was_read_before_counts_as_it_was_found_then(
    reader: Reader,
) -> None:
    ana, tom = reader(), reader("tom")
    first = dealt(ana, card(0, "novel"), card(1, "novel"))
    ana.say(first, 0, "wrong")
    ana.say(first, 1, "expected")
    second = dealt(tom, card(2), drawn=("resp:0", "resp:1", "resp:99"))
    early = surprise([second], [first, second])
    tom.say(second, 0, "expected")

    assert early == Share(0, 0)
    assert surprise([second], [first, second]) == Share(1, 3)


def test_skipped_cards_are_neither_surprises_nor_quiet(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, *(card(n) for n in range(5)))
    for place, said in enumerate(("surprising", "expected", "skip", "expected")):
        ana.say(session, place, said)

    assert session.quiet == 2
    assert surprise([session], [session]) == Share(1, 3)


def test_agreement_is_of_cards_that_two_have_read(reader: Reader) -> None:
    ana, tom = reader(), reader("tom")
    mine = dealt(ana, card(0), card(1), card(2))
    theirs = dealt(tom, card(0, "twice"), card(1, "twice"), card(7))
    for place, said in enumerate(("wrong", "expected", "expected")):
        ana.say(mine, place, said)
    for place, said in enumerate(("surprising", "wrong", "expected")):
        tom.say(theirs, place, said)
    found = summary([mine], [mine, theirs])

    assert found.agreement == Share(1, 2)
    assert "Agreement: 1 of 2 cards read by two" in rows(found)


def test_where_checks_passed_and_a_person_says_wrong_a_validator_is_missing(
    reader: Reader,
) -> None:
    ana = reader()
    blind = {"passed": ("json", "no_pii"), "prompt": "billing@v15"}
    session = dealt(
        ana,
        card(0, **blind),
        card(1, **blind),
        card(2, passed=("json",), failed=("grounded",)),
        card(3, **blind),
    )
    for place, note in enumerate(("answers 1 of 3 questions", "", "made up", "")):
        ana.say(session, place, "surprising" if place == 3 else "wrong", note=note)
    found = summary([session], [session])

    assert [(one.prompt, one.passed, one.keys) for one in found.missing] == [
        ("billing@v15", ("json", "no_pii"), ("resp:0", "resp:1"))
    ]
    assert rows(found)[-1] == (
        "- billing@v15, passed json, no_pii, 2 calls: answers 1 of 3 questions"
    )


def test_a_summary_for_a_chat_carries_no_control_characters(reader: Reader) -> None:
    ana = reader()
    session = dealt(ana, card(0, asked="\x1b[31mred\u202e"))
    ana.say(session, 0, "wrong", note="\x07bell")

    assert not {"\x1b", "\u202e", "\x07"} & set("\n".join(rows(summary([session], [session]))))


def test_weeks_say_how_many_read_what_with_an_interval(reader: Reader, clock: Clock) -> None:
    ana = reader()
    for _ in range(2):
        session = dealt(ana, card(int(clock.now)))
        ana.say(session, 0, "expected")
        clock.now += 7 * 86_400
    found = weeks(ana.read().sessions)

    assert [(week.read, week.readers, week.surprise) for week in found] == [(1, 1, Share(0, 1))] * 2
    assert found[1].monday - found[0].monday == 7 * 86_400
