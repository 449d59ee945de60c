"""From a prompt edit to the names of the cases it broke."""

import json

import pytest

from tests.evals.conftest import BAD, GOOD, Place, Serve, said
from tests.evals.server import Model


def by_prompt(body: dict) -> str:
    """A model with a weakness: told to be quick, it grants refunds to whoever shouts."""
    system, user = body["messages"][0]["content"], said(body)
    if user == "Slow refund":
        return GOOD if "quick" in system else BAD
    return BAD if "quick" in system and user.isupper() else GOOD


@pytest.fixture
def settled(place: Place, serve: Serve) -> Model:
    """Five cases, one of them failing, with a baseline and recordings."""
    model = serve(by_prompt)
    for title in ("REFUND NOW", "MONEY BACK", "Where is it", "Thank you", "Slow refund"):
        place.case(title)
    place.settle()
    return model


def test_the_cases_an_edit_broke_are_named_first_and_nothing_else_is(
    place: Place, settled: Model
) -> None:
    place.prompt.write_text("You help {{name}}. Be quick.\n")

    done = place.run("eval", "--live")

    assert done.code == 1
    assert done.out.splitlines()[0] == "BROKE 2"
    assert done.out.index("money-back") < done.out.index("MENDED 1") < done.out.index("slow-refund")
    assert "5 cases: 2 broke, 1 mended, 2 passed" in done.out


def test_what_broke_is_shown_with_check_answer_diffs_and_reporter(
    place: Place, serve: Serve
) -> None:
    serve(by_prompt)
    source = {"kind": "slack", "reported_by": "maria", "permalink": "https://chat.example/p1"}
    place.case("REFUND NOW", source=source)
    place.settle()
    place.prompt.write_text("You help {{name}}. Be quick.\n")

    out = place.run("eval", "--live").out

    assert "not_contains: contains 'has been issued' at character 13" in out
    assert f"got  {BAD}" in out
    assert "[-Refunds take 5 days-]{+Your refund has been issued+}." in out
    assert "0 of 4 passed; baseline 1 of 1" in out
    assert "reported by maria, https://chat.example/p1" in out
    assert "+You help {{name}}. Be quick." in out
    assert "corpus/cases/refund-now.toml" in out


def test_the_reverted_edit_is_fine_again(place: Place, settled: Model) -> None:
    place.prompt.write_text("You help {{name}}. Be quick.\n")
    place.run("eval", "--live")
    place.prompt.write_text("You help {{name}}.\n")

    assert place.run("eval", "--live").code == 0


def test_a_replay_says_what_the_live_run_said(place: Place, settled: Model) -> None:
    place.prompt.write_text("You help {{name}}. Be quick.\n")
    live = place.run("eval", "--live", "--json")
    asked = len(settled.asked)

    replay = place.run("eval", "--json")

    assert replay.code == live.code == 1
    assert replay.verdicts() == live.verdicts()
    assert len(settled.asked) == asked


def test_two_replays_print_the_same_bytes(place: Place, settled: Model) -> None:
    assert place.run("eval", "--json").out == place.run("eval", "--json").out
    assert place.run("eval").out == place.run("eval").out


def test_a_replay_opens_no_socket(
    place: Place, settled: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket", lambda *_, **__: pytest.fail("a socket"))

    assert place.run("eval").code == 0


def test_an_edited_prompt_makes_its_recordings_stale_and_never_a_pass(
    place: Place, settled: Model
) -> None:
    place.prompt.write_text("You help {{name}}. Be brief.\n")

    done = place.run("eval")

    assert done.code == 3
    assert "NOT EVALUATED 5" in done.out
    assert "its recording is stale" in done.out


def test_the_model_sees_the_prompt_file_filled_and_the_case_as_it_is(
    place: Place, settled: Model
) -> None:
    first = next(body for body in settled.asked if said(body) == "REFUND NOW")

    assert first["model"] == "fake-1"
    assert first["messages"][0] == {"role": "system", "content": "You help Ana.\n"}
    assert first["messages"][1] == {"role": "user", "content": "REFUND NOW"}


def test_a_case_that_fails_once_in_a_while_is_flaky_and_never_red(
    place: Place, serve: Serve
) -> None:
    answers = iter([GOOD, BAD, GOOD, GOOD, GOOD])
    serve(lambda _: next(answers))
    place.case("Refund")
    place.settle()

    done = place.run("eval", "--live", "--json")

    assert done.code == 0
    assert done.verdicts() == {"refund": "flaky"}
    assert done.data["cases"][0]["now"] == {"k": 3, "n": 4}


def test_a_new_case_that_fails_is_bad_news_until_it_is_accepted(place: Place, serve: Serve) -> None:
    serve(lambda _: BAD)
    place.case("Refund")

    new = place.run("eval", "--live")
    place.run("baseline", "accept")
    known = place.run("eval")

    assert (new.code, known.code) == (1, 0)
    assert "NEW, FAILING 1" in new.out
    assert "STILL FAILING 1" in known.out


def test_the_baseline_moves_by_accept_alone(place: Place, settled: Model) -> None:
    before = (place.corpus / "baseline.jsonl").read_bytes()
    place.prompt.write_text("You help {{name}}. Be quick.\n")

    place.run("eval", "--live")
    still = (place.corpus / "baseline.jsonl").read_bytes()
    place.run("baseline", "accept", "refund-now")
    lines = (place.corpus / "baseline.jsonl").read_text().splitlines()

    assert still == before
    assert {line["id"]: line["v"] for line in map(json.loads, lines)} == {
        "money-back": "pass",
        "refund-now": "fail",
        "slow-refund": "fail",
        "thank-you": "pass",
        "where-is-it": "pass",
    }


def test_other_checks_are_not_compared_with_the_baseline(place: Place, settled: Model) -> None:
    path = place.corpus / "cases" / "thank-you.toml"
    path.write_text(path.read_text().replace("has been issued", "Refunds"))

    done = place.run("eval")

    assert done.code == 1
    assert "not comparable: the checks changed since the baseline" in done.out
    assert "NEW, FAILING 1" in done.out


def test_a_quarantined_case_is_shown_and_never_red(place: Place, settled: Model) -> None:
    path = place.corpus / "cases" / "refund-now.toml"
    path.write_text(path.read_text().replace("target =", 'status = "quarantined"\ntarget =', 1))
    place.prompt.write_text("You help {{name}}. Be quick.\n")

    done = place.run("eval", "--live", "refund-now")

    assert done.code == 0
    assert "(quarantined)" in done.out


def test_words_and_tags_choose_cases(place: Place, serve: Serve) -> None:
    model = serve()
    place.case("Refund asked", tags=("refund",))
    place.case("Where is it", tags=("status",))

    place.run("eval", "--live", "--tag", "refund")
    place.run("eval", "--live", "where")

    assert model.users == {"Refund asked": 1, "Where is it": 1}
