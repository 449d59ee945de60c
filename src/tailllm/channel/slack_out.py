"""Answers in the thread of Slack that a report came from."""

from tailllm.channel.outgoing import Message
from tailllm.channel.slack_web import EVENT, TS, SlackWeb
from tailllm.channel.trouble import DeniedError
from tailllm.config.channels import SlackChannel

_QUIET = {
    "mrkdwn": False,
    "link_names": False,
    "parse": "none",
    "unfurl_links": False,
    "unfurl_media": False,
}
"""Nothing in the text calls anybody, and nothing is fetched for a preview."""


class SlackSender:
    """Sends to one channel."""

    def __init__(self, spec: SlackChannel, web: SlackWeb) -> None:
        self._prefix = f"slack:{spec.channel}:"
        self._ack = spec.ack
        self._web = web

    def send(self, message: Message) -> None:
        """Put a reaction on the report, or a message into its thread."""
        thread, ts = self._place(message)
        if message.kind == "received":
            self._web.post("reactions.add", {"timestamp": ts, "name": self._ack})
            return
        mark = {"event_type": EVENT, "event_payload": {"mark": message.id}}
        words = {"thread_ts": thread, "text": message.text, "metadata": mark}
        self._web.post("chat.postMessage", words | _QUIET)

    def is_there(self, message: Message) -> bool:
        """Whether its mark stands in the thread; a second reaction of ours is none."""
        thread, _ = self._place(message)
        return message.kind != "received" and any(
            _mark(said) == message.id for said in self._web.thread(thread)
        )

    def _place(self, message: Message) -> tuple[str, str]:
        """The thread and the message in it; only of the channel that the config names."""
        place = message.report.removeprefix(self._prefix)
        thread, _, ts = place.partition("/")
        if place == message.report or not all(map(TS.fullmatch, (thread, ts or thread))):
            raise DeniedError("it came from a channel that is no longer in the config")
        return thread, ts or thread


def _mark(said: dict[str, object]) -> object:
    meta = said.get("metadata")
    payload = meta.get("event_payload") if isinstance(meta, dict) else None
    return payload.get("mark") if isinstance(payload, dict) else None
