"""Nothing leaves for a place that the config does not name, and no key is ever shown."""

import logging
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from tailllm.corpus.case import CaseMessage, Observed, Run
from tests.evals.conftest import GOOD, Place, Serve
from tests.evals.server import Model, Raw, completion, reply

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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody has signed."""
    file = tmp_path_factory.mktemp("tls") / "self.pem"
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    )
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", file, "-addext", names, "-out", f"{file}.crt"],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


class Secure:
    """A server with TLS that counts the bytes of requests it could read."""

    def __init__(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.read = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._context = context
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True) as peer:
                    self.read += len(peer.recv(65536))
                    peer.sendall(reply(200, completion(GOOD)))
            except OSError:
                plain.close()

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("trusted", [False, True])
def test_only_a_certificate_that_the_config_trusts_gets_the_text(
    place: Place, certificate: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    server = Secure(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    place.config(url=server.url, **({"ca_file": f"{certificate}.crt"} if trusted else {}))
    place.case("Refund")

    done = place.run("eval", "--live")
    server.close()

    assert done.code == (0 if trusted else 3)
    assert bool(server.read) is trusted
    assert trusted or "is not trusted" in done.err


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
