"""What container runtimes, the journal and event streams write around each line of a log.

Four of them, known by every single line:

    docker_json   {"log": "…\\n", "stream": "stdout", "time": "…"}; cut every 16 KiB
    cri           TIME STREAM P|F TEXT; cut every 16 KiB, also inside a character
    journald      {"MESSAGE": text | bytes | null, "__REALTIME_TIMESTAMP": …}
    event_stream  `data: {…}`, as an answer comes over the wire and as curl prints it

Source:
    Docker's json-file and journald drivers; the CRI logging format of Kubernetes;
    systemd's Journal JSON Format and journal fields.
"""

import re
from typing import Any, NamedTuple

from tailllm.dialects.decode import decode
from tailllm.dialects.values import mapping, text

_CRI = re.compile(rb"(\d{4}-\d\d-\d\dT\S+) (stdout|stderr) ([PF])(?::\S*)?(?: |$)")
_STREAMS = ("stdout", "stderr")
_JOURNAL = ("__REALTIME_TIMESTAMP", "__CURSOR", "_BOOT_ID", "SYSLOG_IDENTIFIER", "_TRANSPORT")
_ISSUERS = ("CONTAINER_ID", "_STREAM_ID", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_PID", "PRIORITY")


_EVENT = re.compile(
    rb"data: ?(?=\{|\[DONE\])|event: ?(?:message_|content_block_|response\.|ping\s*$|error\s*$)"
)
_NO_BODY = b"{}"
"""What stands for the lines of an event stream that only name or end what others hold."""


class Wrapped(NamedTuple):
    """One line of a wrapper."""

    wrapper: str
    stream: str
    """Which of the interleaved outputs the text belongs to."""
    ends: bool
    """Whether the program's line ends here; otherwise the stream's next line goes on."""
    text: bytes | None
    """What the program wrote, as far as this line holds it; None when the journal left it out."""
    time: Any
    """When it was written, as the wrapper says it."""
    host: Any = None
    """On which machine, where the wrapper says it."""


def unwrap(line: bytes) -> Wrapped | None:
    """What is inside; None for a line that is not wrapped."""
    if line[:1].isdigit():
        return _cri(line)
    if line[:1] in (b"d", b"e"):
        return _event(line)
    if line[:1] != b"{" or not (b'"log"' in line or b'"MESSAGE"' in line):
        return None
    values = decode(line).values
    value = values[0] if len(values) == 1 else None
    if not isinstance(value, dict):
        return None
    return _journal(value) if "MESSAGE" in value else _docker(value)


def _event(line: bytes) -> Wrapped | None:
    match = _EVENT.match(line)
    if match is None:
        return None
    body = line[match.end() :]
    held = line.startswith(b"data:") and body.startswith(b"{")
    return Wrapped("event_stream", "", True, body if held else _NO_BODY, None)


def _cri(line: bytes) -> Wrapped | None:
    match = _CRI.match(line)
    if match is None:
        return None
    time, stream, tag = (group.decode("ascii", "replace") for group in match.groups())
    return Wrapped("cri", stream, tag == "F", line[match.end() :], time)


def _docker(value: dict[str, Any]) -> Wrapped | None:
    log, stream = value.get("log"), value.get("stream")
    if (
        not isinstance(log, str)
        or stream not in _STREAMS
        or not ("time" in value or len(value) < 3)
    ):
        return None
    # Shippers keep the runtime's tag and drop its newline.
    ends = value["logtag"] != "P" if "logtag" in value else log.endswith("\n")
    written = log.removesuffix("\n").encode("utf-8", "surrogatepass")
    # Shippers on Kubernetes add where the container ran.
    host = mapping(value.get("kubernetes")).get("host")
    return Wrapped("docker_json", str(stream), ends, written, value.get("time"), host)


def _journal(value: dict[str, Any]) -> Wrapped | None:
    if not any(name in value for name in _JOURNAL):
        return None
    cut = value.get("_LINE_BREAK") == "line-max" or (
        value.get("CONTAINER_PARTIAL_MESSAGE") == "true"
        and value.get("CONTAINER_PARTIAL_LAST") != "true"
    )
    stream = "/".join(text(value.get(name)) or "" for name in _ISSUERS)
    written = _message(value["MESSAGE"])
    time, host = value.get("__REALTIME_TIMESTAMP"), value.get("_HOSTNAME")
    return Wrapped("journald", stream, not cut, written, time, host)


def _message(value: Any) -> bytes | None:
    """A string; a list of bytes where it is no UTF-8; a list of values where it was said twice."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if not isinstance(value, list) or not value:
        return None
    if all(type(byte) is int and 0 <= byte <= 255 for byte in value):
        return bytes(value)
    found = [each for each in map(_message, value) if each is not None]
    return b"\n".join(found) if found else None
