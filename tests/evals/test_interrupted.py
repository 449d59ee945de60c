"""Runs that were killed, interrupted or could not go on: nothing answered is asked again."""

import resource
import signal

import pytest

from tailllm.evals.course import Course
from tests.evals.conftest import Place, Serve
from tests.evals.running import Gate, command, many
from tests.wait import PATIENCE_S, wait_until


def test_a_killed_run_asks_again_only_what_was_under_way_and_names_it(
    place: Place, serve: Serve
) -> None:
    place.settings |= {"patience_s": 20, "throttled_s": 20}
    gate = Gate(8)
    model = serve(gate.answer)
    many(place, 16)
    process = command(place, "-j", "2")
    wait_until(lambda: len(model.asked) == 10)
    wait_until(lambda: answers_kept(place) == 8)
    process.kill()
    process.communicate()
    gate.open()

    done = place.run("eval", "--live", "--json")

    twice = sorted(name.lower().replace(" ", "-") for name, n in model.users.items() if n > 1)
    assert done.code == 0
    assert done.data["counts"]["new"] == len(model.users) == 16
    assert sum(model.users.values()) == 16 + len(twice) == 18
    assert "8 answers are there already" in done.err
    assert f"2 under way when it ended, perhaps paid for, asked again: {twice[0]}, {twice[1]}" in (
        done.err
    )


def answers_kept(place: Place) -> int:
    runs = (place.corpus / "runs").glob("*.jsonl")
    return sum(row.startswith('{"answer"') for file in runs for row in file.open())


def test_ctrl_c_keeps_what_is_under_way_and_the_same_command_goes_on(
    place: Place, serve: Serve
) -> None:
    place.settings |= {"patience_s": 20, "throttled_s": 20}
    gate = Gate(4)
    model = serve(gate.answer)
    many(place, 12)
    process = command(place, "-j", "2")
    wait_until(lambda: len(model.asked) > 4)
    process.send_signal(signal.SIGINT)
    gate.open()
    out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 3
    assert b"interrupted; the same command goes on from here" in err
    assert b"NOT EVALUATED" in out
    assert place.run("eval", "--live").code == 0
    assert sum(model.users.values()) == len(model.users) == 12


def test_a_full_disk_ends_the_run_before_more_is_paid_for(place: Place, serve: Serve) -> None:
    place.settings |= {"patience_s": 20, "throttled_s": 20}
    model = serve()
    many(place, 30)
    process = command(place, "-j", "2", preexec_fn=lambda: limit(2_000))
    _, err = process.communicate(timeout=60)
    asked = len(model.asked)

    assert process.returncode == 4
    assert b"cannot be written: File too large" in err
    assert b"answers are paid for once" in err
    assert asked < 15
    assert place.run("eval", "--live", "--json").data["counts"]["new"] == 30
    assert sum(model.users.values()) <= 30 + 2


def test_a_bug_of_ours_ends_the_run_and_is_not_waited_for(
    place: Place, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise ZeroDivisionError

    serve()
    many(place, 3)
    monkeypatch.setattr(Course, "judged", fall)

    with pytest.raises(ZeroDivisionError):
        place.run("eval", "--live")


def limit(size_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))


@pytest.mark.long
def test_a_finished_run_is_not_gone_on_with(place: Place, serve: Serve) -> None:
    model = serve()
    many(place, 3)

    place.run("eval", "--live")
    place.run("eval", "--live")

    assert len(model.asked) == 6
