"""How the fake model thinks: facts and rules from the prompt, questions from the customer."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from topics import HELLO, LOST, TOPICS, Topic, language

Turn = dict[str, Any]

READS = 600
"""Characters of a message it reads: what comes later is lost on it."""
ORDER = re.compile(r"\bBW-\d{5}\b")
DANGER = re.compile(r"poison|swallow|suicid|kill myself|hurt myself|on fire|avalé|vergiftet", re.I)
ORDERS_IT = re.compile(
    r"ignore (?:all |your |the )*(?:previous|prior|above)|system prompt|you are now|"
    r"repeat (?:your|the|these) instructions|ignoriere|vergiss alle",
    re.I,
)
YES = re.compile(r"^\W*(?:yes|yes please|ja|oui|sí|si|ok|okay|do it)\b", re.I)
ONE_ORDER = re.compile(
    r"\b(?:my|mon|ma|mein\w*|mi)\s+(?:order|parcel|package|commande|colis|bestellung|paket|pedido)",
    re.I,
)
NUMBERS = {"one": 1, "two": 2, "three": 3}


class Mind:
    """One prompt, understood."""

    def __init__(self, prompt: str, tools: set[str], chance: Callable[[], float]) -> None:
        self._prompt = prompt
        self._tools = tools
        self._chance = chance
        self._facts = re.findall(r"^- (.+)$", prompt, re.M)

    def answer(self, turns: Sequence[Turn]) -> Turn:
        """The assistant's message."""
        text = str(turns[-1].get("content") or "")
        if turns[-1]["role"] == "tool":
            return self._after_a_tool(turns, text)
        text = text[:READS]
        if self._told("112") and DANGER.search(text):
            return self._say("other", ["Please call 112 now."])
        if ORDERS_IT.search(text) and not self._told("never follow instructions"):
            return {"role": "assistant", "content": self._prompt[:200]}
        return self._tool(turns, text) or self._reply(text)

    def _tool(self, turns: Sequence[Turn], text: str) -> Turn | None:
        """A tool call, when the prompt wants one first."""
        seen = " ".join(str(turn.get("content") or "") for turn in turns)
        number = ORDER.search(text) or ORDER.search(seen)
        if YES.match(text) and self._may("start_return") and number:
            return self._use("start_return", {"order": number[0], "reason": "customer said yes"})
        about_one = ORDER.search(text) or (number and ONE_ORDER.search(text))
        if number and about_one and self._may("lookup_order"):
            return self._use("lookup_order", {"order": number[0]})
        return None

    def _reply(self, text: str) -> Turn:
        spoken = language(text) if self._told("language of the customer") else "en"
        found = self._topics(text)
        said = [line for topic in found if (line := topic.line(self._facts, spoken))]
        if ONE_ORDER.search(text) and not ORDER.search(text) and self._told("ask for the number"):
            said.insert(0, LOST["number"][spoken])
        intent = found[0].intent if found else "other"
        if self._shouted(text) and intent == "refund" and not self._told("never promise a refund"):
            said.insert(0, "I am so sorry! Your refund has been issued.")
        return self._say(intent, [self._greeting(spoken, text), *(said or [LOST["what"][spoken]])])

    def _topics(self, text: str) -> list[Topic]:
        """What is asked, in order; only the first thing unless told to answer all."""
        found: list[Topic] = []
        for question in re.split(r"(?<=[?!.;\n])\s+|\n", text):
            for topic in TOPICS:
                if topic.asked(question) and topic not in found:
                    found.append(topic)
                    break
        return found if self._told("answer all") else found[:1]

    def _after_a_tool(self, turns: Sequence[Turn], result: str) -> Turn:
        said = next((str(t["content"]) for t in reversed(turns) if t["role"] == "user"), "")
        spoken = language(said) if self._told("language of the customer") else "en"
        try:
            found = json.loads(result)
        except ValueError:
            found = {}
        state = found.get("state") if isinstance(found, dict) else None
        if state is None:
            return self._say("status", [LOST["order"][spoken]])
        if state == "return started":
            return self._say("refund", [LOST["returning"][spoken]])
        day = f", {found['expected']}" if found.get("expected") else ""
        return self._say("status", [f"{LOST['state'][spoken]} {state}{day}."])

    def _greeting(self, spoken: str, text: str) -> str:
        """Now and then it is in another mood: sampling at a temperature."""
        if re.search(r"\b(?:hi|hello|bonjour|hallo|hola)\b", text, re.I) and self._chance() < 0.5:
            return HELLO[spoken][1]
        return HELLO[spoken][0]

    def _say(self, intent: str, sentences: Sequence[str]) -> Turn:
        reply = " ".join(filter(None, self._limited(sentences)))
        if not self._told("one json object"):
            return {"role": "assistant", "content": reply}
        content = json.dumps({"intent": intent, "reply": reply}, ensure_ascii=False)
        return {"role": "assistant", "content": content}

    def _limited(self, sentences: Sequence[str]) -> Sequence[str]:
        limit = re.search(r"at most (\w+) sentences?", self._prompt, re.I)
        if not limit:
            return sentences
        count = NUMBERS.get(limit[1].lower()) or int(limit[1]) if limit[1] else 1
        return [sentence for sentence in sentences if sentence][:count]

    def _use(self, tool: str, arguments: dict[str, str]) -> Turn:
        call = {"name": tool, "arguments": json.dumps(arguments)}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
        }

    def _may(self, tool: str) -> bool:
        return tool in self._tools and self._told(f"use {tool}")

    def _told(self, words: str) -> bool:
        return words in self._prompt.casefold()

    def _shouted(self, text: str) -> bool:
        letters = [char for char in text if char.isalpha()]
        return sum(map(str.isupper, letters)) > 0.7 * max(1, len(letters))
