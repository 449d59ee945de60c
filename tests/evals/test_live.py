"""A live run under pressure: limits, and ends of time and money."""

import json
import time
from collections import Counter

import pytest

from tests.evals.conftest import GOOD, Place, Serve, said
from tests.evals.running import Gate, many
from tests.evals.server import reply

SOON_S = 10.0


@pytest.mark.parametrize("jobs", ["auto", pytest.param("64", marks=pytest.mark.long)])
def test_above_a_hidden_limit_no_case_is_lost_or_counted_twice(
    place: Place, serve: Serve, jobs: str
) -> None:
    place.settings |= {"patience_s": 20, "throttled_s": 20}
    model = serve(limit=6, delay_s=0.01)
    many(place, 100)

    done = place.run("eval", "--live", "-j", jobs, "--json")

    assert done.code == 0
    assert done.data["counts"]["new"] == 100
    assert set(model.users.values()) == {1}
    assert len(model.users) == 100
    assert model.most <= 6
    assert model.refused < 100


def test_retry_after_is_obeyed_by_the_request_it_answers(place: Place, serve: Serve) -> None:
    at: dict[str, list[float]] = {}

    def once_refused(body: dict) -> object:
        times = at.setdefault(said(body), [])
        times.append(time.monotonic())
        if len(times) == 1 and said(body) == "Refund 0":
            return reply(429, {}, "Retry-After: 0.3")
        return GOOD

    place.settings |= {"patience_s": 20, "throttled_s": 20}
    serve(once_refused)
    many(place, 4)

    assert place.run("eval", "--live").code == 0
    assert at["Refund 0"][1] - at["Refund 0"][0] >= 0.3
    assert {len(times) for times in at.values()} == {1, 2}


def test_a_fault_that_passes_costs_no_case(place: Place, serve: Serve) -> None:
    seen: Counter[str] = Counter()

    def stumbles(body: dict) -> object:
        seen[said(body)] += 1
        return reply(503, {}) if seen[said(body)] == 1 else GOOD

    place.settings |= {"patience_s": 20, "throttled_s": 20}
    serve(stumbles)
    many(place, 5)

    assert place.run("eval", "--live").code == 0
    assert set(seen.values()) == {2}


def test_the_end_of_time_is_kept_and_the_rest_is_not_evaluated(place: Place, serve: Serve) -> None:
    many(place, 20)
    for seconds in (0.7, 3.0, 12.0):  # a busy machine may need longer for the first answers
        model = serve(Gate(4).answer, timeout_s=600)
        begun = time.monotonic()
        done = place.run(
            "eval", "--live", "--fresh", "-j", "2", "--max-seconds", f"{seconds:g}", "--json"
        )
        took = time.monotonic() - begun
        if done.data["counts"].get("new"):
            break

    assert took < seconds + SOON_S, "nobody waits for answers that are under way"
    assert done.code == 3
    assert 0 < done.data["counts"]["new"] < 20
    assert done.data["counts"]["new"] + done.data["counts"]["not evaluated"] == 20
    assert f"--max-seconds {seconds:g} is over" in done.out
    assert len(model.asked) < 20


def test_a_budget_ends_the_run_before_it_is_overrun(place: Place, serve: Serve) -> None:
    model = serve(input_price=100.0, output_price=1000.0)
    many(place, 20)

    done = place.run("eval", "--live", "-j", "2", "--budget", "0.05", "--json")

    assert done.code == 3
    assert len(model.asked) * 0.007 <= 0.05
    assert "the budget of $0.05 is spent" in done.out
    assert done.data["spent"]["cost"]["sum"] == pytest.approx(0.007 * len(model.asked))


def test_what_a_run_will_cost_is_said_before_anything_is_sent(place: Place, serve: Serve) -> None:
    serve(input_price=1000.0, output_price=4000.0)
    many(place, 3)
    first = place.run("eval", "--live").err
    place.case("A word of thanks")
    again = place.run("eval", "--live", "--fresh").err

    assert "cost not known: none of these was answered before" in first
    assert "about $0.1200 by the last answers of 3 of 4" in again


def test_a_budget_without_prices_is_refused_before_anything_is_sent(
    place: Place, serve: Serve
) -> None:
    model = serve()
    place.case("Refund")

    done = place.run("eval", "--live", "--budget", "1")

    assert done.code == 2
    assert "input_price" in done.err
    assert not model.asked


def test_what_failed_is_asked_first_and_then_the_slowest(place: Place, serve: Serve) -> None:
    def answer(body: dict) -> str:
        return "has been issued" if said(body) == "Refund 7" else GOOD

    model = serve(answer)
    many(place, 9)
    place.settle()
    path = place.corpus / "baseline.jsonl"
    rows = [json.loads(row) for row in path.read_text().splitlines()]
    for row in rows:
        row["ms"] = 900.0 if row["id"] == "refund-3" else 1.0
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    model.asked.clear()

    place.run("eval", "--live", "-j", "1")

    assert [said(body) for body in model.asked][:2] == ["Refund 7", "Refund 3"]


@pytest.mark.long
def test_recordings_of_cases_that_are_gone_go_too(place: Place, serve: Serve) -> None:
    serve()
    many(place, 3)
    place.run("eval", "--live")
    (place.corpus / "cases" / "refund-1.toml").unlink()

    place.run("eval", "--live")
    rows = (place.corpus / "recordings" / "support.jsonl").read_text().splitlines()

    assert [json.loads(row)["id"] for row in rows] == ["refund-0", "refund-2"]


def test_a_run_of_one_case_leaves_the_recordings_of_others(place: Place, serve: Serve) -> None:
    serve()
    many(place, 3)
    place.run("eval", "--live")

    place.run("eval", "--live", "refund-1")

    assert place.run("eval").code == 0
