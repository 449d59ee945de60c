"""The fail-loud matrix: whatever keeps a run from knowing is said soon, and never exit 0."""

import socket
import time
from collections.abc import Callable

import pytest

from tests.evals.conftest import GOOD, Done, Place, Serve
from tests.evals.server import Raw, completion, reply

SOON_S = 20.0
"""On a busy machine; whoever waited for the answers here would wait for 30 s and more."""


async def hang(_: object) -> str:
    import asyncio

    await asyncio.sleep(30)
    return GOOD


def truncated(_: object) -> Raw:
    whole = reply(200, completion(GOOD))
    return Raw(whole[:-20])


ENDPOINTS = {
    "500": (lambda _: reply(500, {"error": {"message": "boom"}}), {}, "answered 500: boom"),
    "hang": (hang, {"timeout_s": 0.2}, "took over 0.2 s"),
    "garbage": (lambda _: reply(200, b"<html>hello"), {}, "answered with no JSON"),
    "another API": (lambda _: reply(200, {"hello": 1}), {}, "no answer of this API"),
    "truncated body": (truncated, {}, "broke off in the middle"),
    "429 for ever": (lambda _: reply(429, {"error": {"message": "slow down"}}), {}, "429: slow"),
    "429 until tomorrow": (lambda _: reply(429, {}, "Retry-After: 86400"), {}, "wait 86400 s"),
    "wrong key": (lambda _: reply(401, {"error": {"message": "who?"}}), {}, "401: who?"),
    "redirect": (lambda _: reply(307, b"", "Location: http://127.0.0.1:1/"), {}, "redirects"),
    "refused request": (lambda _: reply(400, {"error": {"message": "no such"}}), {}, "no such"),
    "error as 200": (lambda _: reply(200, {"error": {"message": "overload"}}), {}, "overload"),
}


OFTEN = {"500", "hang", "truncated body", "429 for ever", "garbage", "redirect", "error as 200"}


@pytest.mark.parametrize(
    "fault",
    [name if name in OFTEN else pytest.param(name, marks=pytest.mark.long) for name in ENDPOINTS],
)
def test_an_endpoint_that_cannot_answer_is_no_pass_and_no_failure(
    place: Place, serve: Serve, fault: str
) -> None:
    answer, options, words = ENDPOINTS[fault]
    serve(answer, **options)
    for n in range(3):
        place.case(f"Refund {n}")

    begun = time.monotonic()
    done = place.run("eval", "--live", "--json")

    assert done.code == 3
    assert words in done.out
    assert time.monotonic() - begun < SOON_S
    assert set(done.verdicts().values()) == {"not evaluated"}


def test_an_endpoint_that_is_not_there_is_said_soon(place: Place) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place.config(url=f"http://127.0.0.1:{free.getsockname()[1]}/v1")
        place.case("Refund")

        begun = time.monotonic()
        done = place.run("eval", "--live")

    assert done.code == 3
    assert "cannot be reached" in done.err
    assert time.monotonic() - begun < SOON_S


def test_an_endpoint_that_says_nothing_at_all_is_given_up_soon(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailllm.evals.endpoint.CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place.config(url=f"https://127.0.0.1:{deaf.getsockname()[1]}/v1")
        for n in range(3):
            place.case(f"Refund {n}")

        begun = time.monotonic()
        done = place.run("eval", "--live")

    assert done.code == 3
    assert "cannot be reached" in done.err
    assert time.monotonic() - begun < SOON_S


def stale(place: Place) -> Done:
    place.settle()
    place.prompt.write_text("Another prompt.\n")
    return place.run("eval")


def no_recording(place: Place) -> Done:
    return place.run("eval")


def unknown_check(place: Place) -> Done:
    place.case("Typo", {"type": "not_contanis", "value": "x"})
    return place.run("eval", "--live")


def wrong_parameters(place: Place) -> Done:
    place.case("Typo", {"type": "not_contains", "vlaue": "x"})
    return place.run("eval", "--live")


def no_checks(place: Place) -> Done:
    place.case("Bare")
    path = place.corpus / "cases" / "bare.toml"
    path.write_text(path.read_text().split("[[expect]]")[0])
    return place.run("eval", "--live")


def duplicate_id(place: Place) -> Done:
    first = place.corpus / "cases" / "refund.toml"
    (place.corpus / "cases" / "copy.toml").write_text(first.read_text())
    return place.run("eval", "--live")


def broken_file(place: Place) -> Done:
    (place.corpus / "cases" / "half.toml").write_text('id = "half')
    return place.run("eval", "--live")


def filtered_out(place: Place) -> Done:
    return place.run("eval", "--live", "--tag", "nobody-has-this")


def unknown_target(place: Place) -> Done:
    place.case("Other", target="shipping")
    return place.run("eval", "--live")


def unknown_variable(place: Place) -> Done:
    place.case("No context", context={})
    return place.run("eval", "--live")


def no_key(place: Place) -> Done:
    config = place.folder / "tailllm.toml"
    config.write_text(config.read_text() + '\nkey = "TAILLLM_NO_SUCH_KEY"\n')
    return place.run("eval", "--live")


def broken_baseline(place: Place) -> Done:
    place.settle()
    path = place.corpus / "baseline.jsonl"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}")
    return place.run("eval")


CORPORA: dict[Callable[[Place], Done], str] = {
    stale: "its recording is stale",
    no_recording: "it has no recording",
    unknown_check: "unknown check type 'not_contanis'; did you mean \"not_contains\"?",
    wrong_parameters: "check not_contains: ",
    no_checks: "the case has no checks",
    duplicate_id: "is also the id of",
    broken_file: "not TOML",
    filtered_out: "the filters leave all of them out",
    unknown_target: "its target 'shipping' is not in tailllm.toml",
    unknown_variable: "{{name}}",
    no_key: "TAILLLM_NO_SUCH_KEY is not set",
    broken_baseline: "a merge conflict",
}


@pytest.mark.parametrize("what", CORPORA, ids=lambda what: what.__name__)
def test_a_corpus_that_cannot_be_run_whole_is_no_pass(
    place: Place, serve: Serve, what: Callable[[Place], Done]
) -> None:
    serve()
    place.case("Refund")

    done = what(place)

    assert done.code == 3
    assert CORPORA[what] in done.out + done.err


def test_an_empty_corpus_is_an_error(place: Place, serve: Serve) -> None:
    serve()
    place.corpus.mkdir()

    done = place.run("eval")

    assert done.code == 3
    assert "the corpus has no case to run" in done.err


def test_not_knowing_beats_bad_news_and_both_are_said(place: Place, serve: Serve) -> None:
    serve(lambda _: "Your refund has been issued.")
    place.case("Refund")
    (place.corpus / "cases" / "half.toml").write_text('id = "half')

    done = place.run("eval", "--live")

    assert done.code == 3
    assert "NEW, FAILING 1" in done.out
    assert "bad news too" in done.err
