"""A model to run the sample against: on this machine, without a key, with real weaknesses.

It reads the prompt as a model would: it knows only the facts that stand there and keeps
only the rules that stand there. And it fails as models do: it knows four languages, reads
only the start of a long message, and does not know an order number in small letters.

    python fake_model.py            # http://127.0.0.1:8321/v1, OpenAI's chat completions
"""

import argparse
import json
import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mind import Mind

PORT = 8321
SECONDS = 0.02
"""What an answer takes; real models need a hundred times as long."""


class Server(ThreadingHTTPServer):
    """Answers on the loopback interface only."""

    daemon_threads = True
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    """`POST /v1/chat/completions`, and nothing else."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer one request; whatever is no chat completion is refused as the API does."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            request = json.loads(body)
            answer = completion(request)
        except (ValueError, KeyError, TypeError) as error:
            self._send(400, {"error": {"message": str(error), "type": "invalid_request_error"}})
            return
        if not self.path.endswith("/chat/completions"):
            self._send(404, {"error": {"message": "no such path", "type": "not_found"}})
            return
        time.sleep(SECONDS)
        self._send(200, answer)

    def log_message(self, *_: object) -> None:
        """Say nothing: the eval is what there is to read."""

    def _send(self, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def completion(request: dict[str, Any]) -> dict[str, Any]:
    """One chat completion, with the numbers a bill would have."""
    messages = request["messages"]
    system = "\n".join(m["content"] for m in messages if m["role"] == "system")
    turns = [message for message in messages if message["role"] != "system"]
    tools = {tool["function"]["name"] for tool in request.get("tools", ())}
    message = Mind(system, tools, random.random).answer(turns)
    asked = sum(len(str(m.get("content") or "")) for m in messages) // 4
    said = len(json.dumps(message)) // 4
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    return {
        "id": f"chatcmpl-{random.getrandbits(96):024x}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.get("model", "fake-support-1"),
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
        },
    }


def main() -> None:
    """Serve until somebody ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one")
    server = Server(("127.0.0.1", parser.parse_args().port), Handler)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
