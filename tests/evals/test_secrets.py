"""Nothing leaves for a place that the config does not name, and no key is ever shown."""

import asyncio
import logging
import socket
import time
from contextlib import suppress

import pytest

from tailllm.corpus.case import CaseMessage, Observed, Run
from tests.evals.conftest import GOOD, Place, Serve
from tests.evals.server import Model, Raw, reply

KEY = "sk-secret-0123456789"


def everything_written(place: Place) -> str:
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    return "".join(path.read_text(errors="replace") for path in files)


def test_a_redirect_takes_no_production_text_elsewhere(place: Place, serve: Serve) -> None:
    elsewhere = Model(lambda _: GOOD)
    serve(lambda _: reply(307, b"", f"Location: {elsewhere.url}/chat/completions"))
    place.case("my secret order")

    done = place.run("eval", "--live")
    elsewhere.close()

    assert done.code == 3
    assert not elsewhere.asked
    assert "redirects are not followed" in done.err


def test_an_address_in_a_log_is_never_a_destination(place: Place, serve: Serve) -> None:
    elsewhere = Model(lambda _: GOOD)
    model = serve()
    steal = {"base_url": elsewhere.url, "extra_headers": {"x": "1"}}
    place.case("Refund", run=Run(parameters=steal), observed=Observed(model=elsewhere.url))

    place.run("eval", "--live")
    elsewhere.close()

    assert not elsewhere.asked
    assert len(model.asked) == 1


def test_a_proxy_of_the_environment_is_not_used(
    place: Place, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        serve()
        place.case("Refund")

        assert place.run("eval", "--live").code == 0


def test_the_key_goes_to_the_endpoint_and_nowhere_else(
    place: Place, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = iter([reply(500, {"error": {"message": "boom"}}), GOOD, GOOD])
    place.settings |= {"patience_s": 20, "throttled_s": 20}
    model = serve(lambda _: next(answers), key="TAILLLM_KEY")
    place.case("Refund")

    done = place.run("eval", "--live", "--json", "--junit", "out.xml")

    assert f"Authorization: Bearer {KEY}" in model.heads[-1]
    assert KEY not in done.out + done.err + caplog.text + everything_written(place)


def test_an_empty_key_is_refused_before_anything_is_sent(place: Place, serve: Serve) -> None:
    model = serve(key="TAILLLM_KEY")
    place.case("Refund")
    place.environ["TAILLLM_KEY"] = "  "

    done = place.run("eval", "--live")

    assert done.code == 3
    assert not model.asked


HEAD = b"HTTP/1.1 200 OK\r\n"
HUGE = {
    "a body without end": Raw(HEAD + b"\r\n" + b" " * (17 << 20)),
    "a packed body": Raw(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
    "a length that lies": Raw(HEAD + b"Content-Length: 999999999\r\n\r\n{}"),
    "no HTTP": Raw(b"SSH-2.0-hello\r\n\r\n"),
}


@pytest.mark.parametrize("body", HUGE)
def test_a_hostile_body_is_no_answer_and_costs_bounded_memory(
    place: Place, serve: Serve, body: str
) -> None:
    serve(lambda _: HUGE[body])
    place.case("Refund", messages=(CaseMessage(role="user", content="x"),))

    assert place.run("eval", "--live").code == 3


async def test_a_body_that_drips_is_given_up_at_the_end_of_its_time(place: Place) -> None:
    """Each byte comes in time; all of them never would."""
    dripped = 0

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal dripped
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                dripped += 1
                await asyncio.sleep(0.01)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    place.config(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", timeout_s=1)
    place.case("Refund")
    begun = time.monotonic()
    done = await asyncio.to_thread(place.run, "eval", "--live")
    server.close()

    assert done.code == 3
    assert "took over 1 s" in done.out
    assert dripped > 3
    assert time.monotonic() - begun < 20, "the body would never end"


def test_a_netrc_is_never_read(place: Place, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = place.folder / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ana password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(place.folder))
    model = serve()
    place.case("Refund")

    assert place.run("eval", "--live").code == 0
    assert "authorization" not in model.heads[0].lower()
