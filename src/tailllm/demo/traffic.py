"""Production traffic that never was: the same seed tells the same story, line for line."""

import json
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

from tailllm.demo import company
from tailllm.demo.dice import Dice
from tailllm.demo.scenes import INCIDENT, Play
from tailllm.demo.talk import CITIES, DAYS, ITEMS, NOTES, TOPICS, Topic, Turn
from tailllm.demo.wire import Asked, Told, answered, called_tool, refused, timed_out

CALLS_EACH = 5.2
"""How many calls an ordinary conversation makes, on average; measured by the tests."""
TRIES = 3
"""How often the service asks again after a 429."""

Going = list[tuple[float, int, Told, Iterator[Told]]]
"""Open conversations as a heap: when the next line comes, whose it is, the line, the rest."""


class Conversation:
    """One customer: each message is sorted, answered, and at the end summed up."""

    def __init__(self, topic: Topic, play: Play, start: float, dice: Dice) -> None:
        self._topic, self._play, self._start, self._dice = topic, play, start, dice
        self._session = "s-" + dice.hex(8)
        self._user = f"u-{dice.whole(1000, 9999)}"
        self._messages: list[dict[str, Any]] = []
        self._model = company.SONNET if dice.chance(0.6) else company.MINI
        self._at = start
        self._words = {
            "order": f"BW-{dice.whole(10000, 99999)}",
            "day": dice.pick(DAYS),
            "item": dice.pick(ITEMS),
            "city": dice.pick(CITIES),
            "price": f"{dice.whole(9, 120)}.{dice.pick(('00', '50', '90'))}",
            "intent": topic.intent,
        }

    def told(self, t: float) -> Iterator[Told]:
        """Every call of the conversation in the order they end, from second `t` on."""
        self._at = self._start + t
        for number, turn in enumerate(self._topic.turns):
            if number and self._dice.chance(0.25):
                break
            yield from self._turn(turn)
            self._at += self._dice.between(4, 18)
        yield from self._ask(company.SUMMARY, company.MINI, self._note())

    def _turn(self, turn: Turn) -> Iterator[Told]:
        asks = self._dice.pick(turn.asks).format(**self._words)
        self._messages.append({"role": "user", "content": asks})
        intent = self._topic.intent
        sorted_as = json.dumps({"intent": intent, "lang": self._topic.lang})
        yield from self._ask(company.ROUTE, company.HAIKU, sorted_as)
        v15 = self._dice.chance(self._play.weather(self._at - self._start).v15)
        prompt = company.BILLING_V15 if v15 else company.BILLING_V14
        if turn.looks_up:
            yield from self._look_up(prompt)
        reply = self._reply(turn, prompt)
        yield from self._ask(prompt, self._model, reply)
        self._messages.append({"role": "assistant", "content": reply})

    def _look_up(self, prompt: company.Prompt) -> Iterator[Told]:
        arguments = {"order": self._words["order"]}
        told = called_tool(self._asked(prompt, self._model), "lookup_order", arguments, self._dice)
        yield told
        call = told.line["tool_calls"][0]
        found = {
            "order": self._words["order"],
            "state": "shipped" if self._topic.intent == "status" else "paid",
            "items": [self._words["item"]],
            "total": self._words["price"],
            "expected": self._words["day"],
        }
        function = {"name": call["name"], "arguments": call["arguments"]}
        self._messages += [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": call["id"], "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(found)},
        ]
        self._at = told.at + self._dice.between(0.02, 0.2)

    def _reply(self, turn: Turn, prompt: company.Prompt) -> str:
        hasty = prompt is company.BILLING_V15
        answers = turn.hasty if hasty and turn.hasty else turn.answers
        reply = self._dice.pick(answers).format(**self._words)
        intent = self._topic.intent
        if hasty and intent == "other" and self._dice.chance(0.7):
            # "Keep keys and codes short", says v15, and names no list that forbids it.
            intent = "othr"
        confidence = round(self._dice.between(0.55, 0.99), 2)
        if self._dice.chance(self._play.faults):
            reply = self._fault(reply)
        return json.dumps(
            {"intent": intent, "reply": reply, "confidence": confidence}, ensure_ascii=False
        )

    def _fault(self, reply: str) -> str:
        """What goes wrong on any day: a stray address, an invented order, a long letter."""
        kind = self._dice.whole(0, 2)
        if kind == 0:
            return reply + " You can also write to marta.k@brambleway.example directly."
        if kind == 1:
            return reply + f" It travels together with BW-{self._dice.whole(10000, 99999)}."
        return reply + " Thank you for your patience and for being a customer of ours." * 7

    def _note(self) -> str:
        return self._dice.pick(NOTES).format(**self._words)

    def _asked(self, prompt: company.Prompt, model: company.Model) -> Asked:
        slow = self._play.weather(self._at - self._start).slowness
        return Asked(
            prompt,
            model,
            tuple(self._messages),
            self._session,
            self._user,
            self._at,
            slow if model is company.SONNET else 1.0,
        )

    def _ask(self, prompt: company.Prompt, model: company.Model, text: str) -> Iterator[Told]:
        """One answer, and before it whatever had to be tried again."""
        for _ in range(TRIES):
            weather = self._play.weather(self._at - self._start)
            if model is company.SONNET or not self._dice.chance(weather.limited):
                break
            told = refused(self._asked(prompt, model), self._dice)
            yield told
            self._at = told.at + self._dice.between(0.5, 2.0)
        if self._dice.chance(0.0006):
            told = timed_out(self._asked(prompt, model), self._dice)
        else:
            told = answered(self._asked(prompt, model), text, self._dice)
        yield told
        self._at = told.at + self._dice.between(0.01, 0.05)


class Traffic:
    """All the customers of a stretch of time.

    Args:
        seed: Names the story; the same seed and arguments give the same lines.
        start: When second 0 of the play is, in seconds since the epoch.
        begin_s, end_s: The stretch to tell, in seconds of the play.
        rate: Calls per second, roughly.
        play: What happens when.
    """

    def __init__(
        self,
        seed: int,
        *,
        start: float,
        begin_s: float = 0.0,
        end_s: float = float("inf"),
        rate: float = 12.0,
        play: Play = INCIDENT,
    ) -> None:
        self._seed, self._start, self._play = seed, start, play
        self._begin_s, self._end_s, self._rate = begin_s, end_s, rate

    def __iter__(self) -> Iterator[Told]:
        """Lines in the order they are written, without end if the stretch has none."""
        going: Going = []
        for number, (t, topic) in enumerate(self._arrivals()):
            while going and going[0][0] <= self._start + t:
                yield self._next(going)
            dice = Dice(self._seed, "customer", number)
            talk = Conversation(topic, self._play, self._start, dice).told(t)
            self._push(going, number, talk)
        while going:
            yield self._next(going)

    def _arrivals(self) -> Iterator[tuple[float, Topic]]:
        """Who comes in, and at which second of the play."""
        dice = Dice(self._seed, "door")
        visitors = [v for v in self._play.visitors if self._begin_s <= v[0] < self._end_s]
        t = self._begin_s
        while t < self._end_s:
            while visitors and visitors[0][0] <= t:
                yield visitors.pop(0)
            yield t, dice.pick(TOPICS)
            rate = self._rate * self._play.weather(t).pace
            t += CALLS_EACH / rate * dice.between(0.2, 1.8)

    @staticmethod
    def _push(going: Going, number: int, talk: Iterator[Told]) -> None:
        told = next(talk, None)
        if told:
            heappush(going, (told.at, number, told, talk))

    def _next(self, going: Going) -> Told:
        _, number, told, talk = heappop(going)
        self._push(going, number, talk)
        return told
