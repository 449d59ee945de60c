"""A server on loopback whose faults a test decides, before or after it has obeyed."""

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

TOKEN = "xoxb-911-s3cr3t-T0ken"


class Said(NamedTuple):
    """One answer."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]


Fault = Said | str | None
"""An answer in place of the right one, or: reset (after it has obeyed), drop (before), drip."""


class Server:
    """Serves until it is closed, on threads of its own; `obey` answers."""

    def __init__(self, obey: Callable[[Asked], Said]) -> None:
        self.obey = obey
        self.asked: list[Asked] = []
        self.faults: Iterator[Fault] = iter(())
        self.faults_of: dict[str, Iterator[Fault]] = {}
        """Of one path alone, by its end."""
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer.serve(self)

            def do_POST(self) -> None:
                outer.serve(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                """A client that was killed in the middle is what these tests are about."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(60)

    @property
    def paths(self) -> Counter[str]:
        return Counter(asked.path for asked in self.asked)

    def serve(self, http: BaseHTTPRequestHandler) -> None:
        length = int(http.headers.get("Content-Length") or 0)
        content = http.rfile.read(length)
        if len(content) < length:
            http.close_connection = True  # killed in the middle: nobody asked for anything
            return
        parts = urlsplit(http.path)
        asked = Asked(
            http.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            json.loads(content) if content else {},
            dict(http.headers),
        )
        with self.lock:
            self.asked.append(asked)
            fault = next(self.faults, None)
            for end, faults in self.faults_of.items():
                if asked.path.endswith(end):
                    fault = next(faults, fault)
            said = fault if isinstance(fault, Said) else None
            if said is None and fault != "drop":
                said = self.obey(asked)
        if fault in ("reset", "drop"):
            cut(http)
        elif said is not None:
            send(http, said, drip=fault == "drip")


def send(http: BaseHTTPRequestHandler, said: Said, *, drip: bool = False) -> None:
    content = said.value if isinstance(said.value, bytes) else json.dumps(said.value).encode()
    http.send_response(said.status)
    for name, value in {"Content-Type": "application/json", **said.headers}.items():
        http.send_header(name, value)
    http.send_header("Content-Length", str(len(content)))
    http.end_headers()
    if not drip:
        http.wfile.write(content)
        return
    for byte in content:
        http.wfile.write(bytes([byte]))
        http.wfile.flush()
        time.sleep(0.05)


def cut(http: BaseHTTPRequestHandler) -> None:
    """End the connection with a reset, after what was asked was done."""
    http.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    http.close_connection = True
    http.connection.close()
