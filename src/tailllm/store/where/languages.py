"""A guess at the language of a short text: its script, and for Latin letters its small words."""

from collections import Counter

_SCRIPTS = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x077F, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0B80, 0x0BFF, "tamil"),
    (0x0E00, 0x0E7F, "thai"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1E00, 0x1EFF, "latin"),
    (0x3040, 0x30FF, "japanese"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
)
_SMALL_WORDS = {
    "en": "the a an is are was to of and in it you i my me for on with that this have do not can "
    "how what when where your we be at from but if or please order",
    "fr": "le la les un une des du de et est je vous nous pas ma mon mes ne que qui pour dans sur "
    "avec au aux ce cette il elle s'il plaît bonjour",
    "de": "der die das ein eine und ist ich sie wir nicht mein meine zu von mit auf für den dem "
    "wie was wann wo kann bitte hallo",
    "es": "el la los las un una y es yo mi mis no que para en con por de del cuándo dónde cómo "
    "qué hola puedo favor",
    "it": "il lo la gli le un una e è io mio mia non che per in con di del della come quando dove "
    "ciao sono ho",
    "pt": "o a os as um uma e é eu meu minha não que para em com por de do da como quando onde "
    "olá você",
    "nl": "de het een en is ik je jij wij niet mijn van met op voor dat hoe wat wanneer waar kan",
    "pl": "i w na z do nie to jest się ja mój moja że jak kiedy gdzie czy proszę",
    "sv": "och i att det en ett är jag du vi inte min mitt för med på som hur när var kan hej",
}
_WORDS = {name: frozenset(words.split()) for name, words in _SMALL_WORDS.items()}
FEWEST_LETTERS = 6
FEWEST_WORDS = 4
"""Under so many words, no small word among them says nothing."""


def language(text: str) -> str | None:
    """A name for the language or script; None when the text is too short to tell."""
    scripts = Counter(filter(None, map(_script, text)))
    if scripts.total() < FEWEST_LETTERS:
        return None
    if scripts["japanese"]:
        return "japanese"
    script = max(scripts, key=scripts.__getitem__)
    return _latin(text) if script == "latin" else script


def _latin(text: str) -> str | None:
    words = text.casefold().replace("’", "'").split()
    bare = [word.strip(".,;:!?()\"'") for word in words]
    counts = {name: sum(word in known for word in bare) for name, known in _WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    if counts[best]:
        return best
    plain = [word for word in bare if word.isalpha()]
    return "other latin" if len(plain) >= FEWEST_WORDS else None


def _script(char: str) -> str | None:
    if not char.isalpha():
        return None
    point = ord(char)
    for first, last, name in _SCRIPTS:
        if first <= point <= last:
            return name
    return "other"
