"""Text goes to a host only when its certificate and the config say that it may have it."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tailllm.corpus.case import Provenance
from tests.evals.conftest import GOOD, Place
from tests.evals.server import completion, reply

MARKED = Provenance(kind="tail", marked_by="alice")
MADE_UP = Provenance(kind="synthetic")
AUTHORITY = """
[ca]
default_ca = self
[self]
database = index.txt
new_certs_dir = .
default_md = sha256
policy = any
rand_serial = yes
copy_extensions = copy
[any]
commonName = supplied
"""


class Certificate:
    """A certificate for an address that signs itself, with its key."""

    def __init__(self, folder: Path, address: str, *, start: str, end: str) -> None:
        folder.mkdir()
        (folder / "ca.cnf").write_text(AUTHORITY)
        (folder / "index.txt").touch()
        _openssl(
            folder,
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
            f" -keyout key.pem -out asked.pem -addext subjectAltName=IP:{address}",
        )
        _openssl(
            folder,
            "ca -batch -config ca.cnf -selfsign -keyfile key.pem -in asked.pem -notext"
            f" -out signed.pem -startdate {start}0101000000Z -enddate {end}0101000000Z",
        )
        self.file = folder / "signed.pem"
        self.key = folder / "key.pem"


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    folder = tmp_path_factory.mktemp("tls")
    return {
        "good": Certificate(folder / "good", "127.0.0.2", start="2020", end="2120"),
        "expired": Certificate(folder / "expired", "127.0.0.2", start="2019", end="2020"),
        "not yet valid": Certificate(folder / "early", "127.0.0.2", start="2119", end="2120"),
        "another host's": Certificate(folder / "other", "127.0.0.3", start="2020", end="2120"),
    }


class Secure:
    """A server with TLS that counts the bytes of requests it could read.

    Its address is of this machine and none of its usual names, so it counts as another host.
    """

    def __init__(self, certificate: Certificate) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.file, certificate.key)
        self.read = 0
        self._listener = socket.create_server(("127.0.0.2", 0))
        self.host = f"127.0.0.2:{self._listener.getsockname()[1]}"
        self.url = f"https://{self.host}/v1"
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


Start = Callable[[Certificate], Secure]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[Secure] = []

    def begin(certificate: Certificate) -> Secure:
        servers.append(Secure(certificate))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def test_only_a_certificate_that_the_config_trusts_gets_the_text(
    place: Place,
    certificates: dict[str, Certificate],
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = start(certificates["good"])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["good"].file))
    place.case("Refund")
    place.config(url=server.url)
    refused = place.run("eval", "--live")

    assert refused.code == 3
    assert server.read == 0
    assert "is not trusted" in refused.err

    place.config(url=server.url, ca_file=str(certificates["good"].file))

    assert place.run("eval", "--live").code == 0
    assert server.read > 0


@pytest.mark.parametrize("wrong", ["expired", "not yet valid", "another host's"])
def test_a_certificate_that_does_not_hold_is_refused_though_its_signer_is_trusted(
    place: Place, certificates: dict[str, Certificate], start: Start, wrong: str
) -> None:
    server = start(certificates[wrong])
    place.config(url=server.url, ca_file=str(certificates[wrong].file))
    place.case("Refund")

    done = place.run("eval", "--live")

    assert done.code == 3
    assert server.read == 0
    assert "is not trusted" in done.err


def test_text_of_production_goes_only_to_a_host_that_is_cleared_for_it(
    place: Place, certificates: dict[str, Certificate], start: Start
) -> None:
    server = start(certificates["good"])
    place.case("Refund", source=MARKED)
    place.config(url=server.url, ca_file=str(certificates["good"].file))
    kept = place.run("eval", "--live")

    assert kept.code == 3
    assert server.read == 0
    assert f"{server.host} is not cleared" in kept.out
    assert "prod_data_ok = true into [targets.support]" in kept.out

    place.config(url=server.url, ca_file=str(certificates["good"].file), prod_data_ok=True)

    assert place.run("eval", "--live").code == 0
    assert place.run("eval").code == 0


def test_a_case_that_somebody_made_up_needs_no_leave(
    place: Place, certificates: dict[str, Certificate], start: Start
) -> None:
    server = start(certificates["good"])
    place.case("Refund", source=MADE_UP)
    place.config(url=server.url, ca_file=str(certificates["good"].file))

    assert place.run("eval", "--live").code == 0
    assert server.read > 0


def test_a_judge_sees_text_of_production_only_when_it_is_cleared(
    place: Place, certificates: dict[str, Certificate], start: Start
) -> None:
    judge, asked = start(certificates["good"]), start(certificates["good"])
    more = f'''
        [targets.judge]
        kind = "openai"
        url = "{judge.url}"
        model = "judge-1"
        ca_file = "{certificates["good"].file}"
    '''
    place.settings["judge"] = "judge"
    trusted = {"ca_file": str(certificates["good"].file), "prod_data_ok": True}
    place.config(more, url=asked.url, **trusted)
    place.case("Refund", {"type": "rubric", "text": "Is kind."}, source=MARKED)

    done = place.run("eval", "--live")

    assert done.code == 3
    assert judge.read == asked.read == 0
    assert "[targets.judge]" in done.out
