"""Questions that somebody waits for: they can be watched, and given up."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

import tailllm
from tailllm.cli.waiting import awaited
from tailllm.records.row import Row
from tailllm.store.errand import Errand, GivenUpError
from tailllm.store.ledger import Ledger
from tests.wait import wait_until

ENDLESS = "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(1000000) b"
"""Days of work for any machine."""


@pytest.fixture
def ledger(make_row: Callable[..., Row]) -> Iterator[Ledger]:
    found = Ledger()
    found.extend(enumerate(make_row() for _ in range(3)))
    yield found
    found.close()


def count(ledger: Ledger) -> int:
    return int(ledger.ask("SELECT count(*) FROM calls")[0][0])


def test_a_question_given_up_ends_at_once_and_the_next_one_is_answered(ledger: Ledger) -> None:
    errand, ends = Errand(), []

    def work() -> None:
        with ledger.on(errand), pytest.raises(GivenUpError):
            ledger.ask(ENDLESS)
        ends.append(count(ledger))

    thread = Thread(target=work)
    thread.start()
    wait_until(lambda: errand.share is not None)
    errand.give_up()
    thread.join(30)

    assert ends == [3]
    assert errand.share is None


def test_what_was_given_up_asks_nothing_more(ledger: Ledger) -> None:
    errand = Errand()
    errand.step(1, 4)
    assert errand.share == 0.25

    errand.give_up()
    with ledger.on(errand), pytest.raises(GivenUpError):
        ledger.ask("SELECT 1")
    with pytest.raises(GivenUpError):
        errand.step(2, 4)
    assert count(ledger) == 3


def test_more_questions_than_can_be_watched_are_answered_all_the_same(ledger: Ledger) -> None:
    errands, answers = [Errand() for _ in range(5)], []

    def work(errand: Errand) -> None:
        with ledger.on(errand):
            answers.append(count(ledger))

    threads = [Thread(target=work, args=(errand,)) for errand in errands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == [3] * 5


ASKING = f"""
from tailllm.cli.waiting import awaited
from tailllm.store.ledger import Ledger
ledger = Ledger()
try:
    awaited(lambda errand: print("asking", flush=True) or ledger.ask({ENDLESS!r}), ledger)
except KeyboardInterrupt:
    print(ledger.ask("SELECT count(*) FROM calls"))
"""


def test_ctrl_c_ends_a_question_of_the_database_at_once() -> None:
    argv = [sys.executable, "-c", ASKING]
    environ = os.environ | {"PYTHONPATH": str(Path(tailllm.__file__).parents[1])}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environ, text=True) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == "asking\n"
        asking.send_signal(signal.SIGINT)

        assert asking.stdout.read() == "[(0,)]\n"
        assert asking.wait(30) == 0


def test_what_goes_wrong_on_the_way_is_raised_where_it_is_waited_for(ledger: Ledger) -> None:
    def work(_errand: Errand) -> None:
        raise LookupError("so")

    with pytest.raises(LookupError, match="so"):
        awaited(work, ledger)
    assert awaited(lambda _errand: count(ledger), ledger) == 3
