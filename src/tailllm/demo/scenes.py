"""What happens when: the story as seconds before and after the moment it starts.

normal hours · v15 ships, then all of it · strange customers · a slow model ·
rate limits · the same question again · a hostile text · v15 is taken back
"""

from typing import NamedTuple

from tailllm.demo import strange
from tailllm.demo.talk import Topic


class Weather(NamedTuple):
    """The conditions a call is made under."""

    v15: float = 0.0
    """Share of billing answers from the new prompt."""
    slowness: float = 1.0
    """Factor on the latency of the large model."""
    limited: float = 0.0
    """Share of calls to the small models refused with 429."""
    pace: float = 1.0
    """Factor on how many customers come in."""


class Spell(NamedTuple):
    """A stretch of the story with its own weather."""

    start_s: float
    end_s: float
    weather: Weather


class Play(NamedTuple):
    """A story: its weather, and who comes in when."""

    spells: tuple[Spell, ...] = ()
    visitors: tuple[tuple[float, Topic], ...] = ()
    faults: float = 0.004
    """Share of billing answers that are wrong on any day."""

    def weather(self, t: float) -> Weather:
        """The weather `t` seconds into the story; good where nothing else is said."""
        for spell in self.spells:
            if spell.start_s <= t < spell.end_s:
                return spell.weather
        return Weather()


CALM = Play(visitors=((20.0, strange.USED_SAW),))

INCIDENT = Play(
    spells=(
        Spell(-600, -180, Weather(pace=0.4)),
        Spell(-180, -60, Weather(pace=0.7)),
        Spell(20, 35, Weather(v15=0.3)),
        Spell(35, 75, Weather(v15=1.0)),
        Spell(75, 95, Weather(v15=1.0, slowness=4.5)),
        Spell(95, 108, Weather(v15=1.0, limited=0.55)),
        Spell(108, 150, Weather(v15=1.0)),
    ),
    visitors=(
        (-280.0, strange.FRENCH),
        (-200.0, strange.USED_SAW),
        (-90.0, strange.THREE_QUESTIONS),
        (-15.0, strange.SHOUTING),
        (40.0, strange.SHOUTING),
        (47.0, strange.THREE_QUESTIONS),
        (54.0, strange.FRENCH),
        (60.0, strange.JAPANESE),
        (66.0, strange.BASQUE),
        (111.0, strange.USED_SAW),
        (116.0, strange.HOSTILE),
        (125.0, strange.THREE_QUESTIONS),
        (133.0, strange.SHOUTING),
        (160.0, strange.JAPANESE),
    ),
)
