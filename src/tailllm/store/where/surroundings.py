"""What a call looks like among the others: said again, going in circles, in a rare language."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise

from tailllm.records.row import Row
from tailllm.store.cohorts import Cohorts
from tailllm.store.where.languages import language

SOON_S = 600.0
"""Who says it again does so within ten minutes."""
ALIKE = 0.6
"""Share of the words of two texts that they have in common."""
SAME_ANSWERS = 3
FEWEST_WORDS = 8
HOME_SHARE = 0.04
"""A language of so many calls is one the product speaks."""
ENOUGH_CALLS = 25
"""With a known language, before any is called new."""
_WORD = re.compile(r"\w+")

Holds = Callable[[Row, str], bool]


class Surroundings:
    """Answers what a row alone does not say, from all the rows given.

    What a question needs is found out when it is first asked, at about 10 µs a row: ask off
    the UI thread, and make it again when the calls have changed.

    Args:
        rows: The calls, in any order; gone through at the first such question.
        holds: Looks for a casefolded text in all that the model saw and said in a call.
    """

    def __init__(self, rows: Iterable[Row], holds: Holds | None = None) -> None:
        self._given = rows
        self._holds = holds

    def holds(self, row: Row, wanted: str) -> bool:
        """Whether a casefolded text stands in what the model saw or said."""
        return self._holds is not None and self._holds(row, wanted)

    def is_retry(self, row: Row) -> bool:
        """The user says it again in other words, or gets the same answer to other words."""
        return row.key in self._threads[0]

    def is_loop(self, row: Row) -> bool:
        """The conversation gives the same answer for the third time in a row."""
        return row.key in self._threads[1]

    def is_new_language(self, row: Row) -> bool:
        """A language of few calls among many."""
        known = self._languages.total()
        found = language(row.preview) if known >= ENOUGH_CALLS else None
        return found is not None and self._languages[found] < HOME_SHARE * known

    def is_unusual(self, row: Row) -> bool:
        """Far from the others of its model and prompt."""
        return bool(self._cohorts.oddities(row))

    @cached_property
    def _threads(self) -> tuple[set[str], set[str]]:
        return _in_threads(self._ordered)

    @cached_property
    def _languages(self) -> "Counter[str]":
        found = (language(row.preview) for row in self._ordered)
        return Counter(one for one in found if one is not None)

    @cached_property
    def _cohorts(self) -> Cohorts:
        return Cohorts(self._ordered)

    @cached_property
    def _ordered(self) -> list[Row]:
        return sorted(self._given, key=lambda row: row.at)


def _in_threads(ordered: Iterable[Row]) -> tuple[set[str], set[str]]:
    """Keys of the calls that say it again, and of those that answer the same once more."""
    threads: defaultdict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in ordered:
        thread = row.conversation_id or row.user_id
        if thread is not None:
            threads[thread, row.prompt_name, row.operation_name].append(row)
    retries: set[str] = set()
    loops: set[str] = set()
    for rows in threads.values():
        same = 1
        for before, row in pairwise(rows):
            if row.at - before.at <= SOON_S and _says_again(before, row):
                retries.add(row.key)
            same = same + 1 if _is_talk(row.reply) and row.reply == before.reply else 1
            if same >= SAME_ANSWERS:
                loops.add(row.key)
    return retries, loops


def _says_again(before: Row, row: Row) -> bool:
    asked, again = before.preview.casefold().strip(), row.preview.casefold().strip()
    if not asked or not again or asked == again:
        return False
    return _alike(asked, again) or (_is_talk(row.reply) and _alike(before.reply, row.reply))


def _is_talk(reply: str) -> bool:
    """Not one of the few answers that a sorter of messages can give."""
    return len(_WORD.findall(reply)) >= FEWEST_WORDS


def _alike(one: str, other: str) -> bool:
    left, right = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(left & right) >= ALIKE * len(left | right) and bool(left | right)
