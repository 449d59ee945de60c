"""What the fake model can talk about, and in which languages."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_MARKS = {
    "fr": r"\b(?:je|vous|est|mon|ma|une|les|des|combien|pour|puis|quand|où|bonjour|merci)\b",
    "de": r"\b(?:ich|sie|ist|mein\w*|und|der|das|wie|wann|kann|nicht|hallo|bitte)\b",
    "es": r"\b(?:mi|el|los|cuánto|cuándo|dónde|puedo|hola|para|está|una|quiero|gracias)\b",
}
"""It knows these and English; everything else it takes for English."""


def language(text: str) -> str:
    """The language it answers in."""
    counts = {code: len(re.findall(words, text, re.I)) for code, words in _MARKS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= 2 else "en"


class Topic(NamedTuple):
    """One thing customers ask about."""

    intent: str
    asks: str
    """How it is asked, in all its languages."""
    fact: str
    """How the line of the prompt starts that answers it."""
    words: dict[str, str]
    """The answer in other languages; `{0}` is the first number of that line."""

    def asked(self, question: str) -> bool:
        """Whether a question is about this."""
        return re.search(self.asks, question, re.I) is not None

    def line(self, facts: Sequence[str], spoken: str) -> str:
        """The answer, as far as the prompt gives it."""
        fact = next((fact for fact in facts if fact.startswith(self.fact)), None)
        if fact is None:
            return ""
        numbers = re.findall(r"-?\d+", fact)
        form = self.words.get(spoken)
        return fact if form is None else form.format(*numbers, *[""] * 4)


TOPICS = (
    Topic(
        "other",
        r"outside europe|\b(?:usa|canada|japan|brazil|australia|new york|tokyo)\b",
        "Outside Europe",
        {
            "fr": "Nous ne livrons pas hors d'Europe.",
            "de": "Außerhalb Europas liefern wir nicht.",
            "es": "No enviamos fuera de Europa.",
        },
    ),
    Topic(
        "other",
        r"pick ?up|point relais|abholstelle|punto de recogida",
        "Pickup points",
        {
            "fr": "Un point relais peut être choisi tant que le colis n'est pas parti.",
            "de": "Eine Abholstelle kann gewählt werden, bis das Paket das Lager verlässt.",
            "es": "Se puede elegir un punto de recogida hasta que el paquete salga.",
        },
    ),
    Topic(
        "cancel",
        r"cancel|annul|stornier|anular",
        "Cancelling",
        {
            "fr": "Une commande peut être annulée tant qu'elle n'est pas emballée.",
            "de": "Stornieren geht, bis die Bestellung gepackt ist.",
            "es": "Se puede cancelar hasta que el pedido esté empaquetado.",
        },
    ),
    Topic(
        "refund",
        r"refund|money back|rembours|erstatt|geld zurück|reembols|devolución",
        "Refunds",
        {
            "fr": "Le remboursement arrive sur la carte en {0} à {1} jours ouvrés.",
            "de": "Die Erstattung geht in {0} bis {1} Werktagen auf die Karte.",
            "es": "El reembolso llega a la tarjeta en {0} a {1} días laborables.",
        },
    ),
    Topic(
        "refund",
        r"\bdead\b|broken|arrived damaged|cassé|morte?\b|kaputt|\btot\b|rot[oa]\b|muerta",
        "Plants that arrive",
        {
            "fr": "Nous la remplaçons; une photo sous {0} heures suffit.",
            "de": "Wir ersetzen sie; ein Foto in {0} Stunden genügt.",
            "es": "La reemplazamos; basta una foto en {0} horas.",
        },
    ),
    Topic(
        "refund",
        r"return|send (?:it|them) back|retourner|renvoyer|zurückschick|zurücksend|devolver",
        "Tools can be returned",
        {
            "fr": "Les outils peuvent être retournés sous {0} jours, neufs et avec l'étiquette.",
            "de": "Werkzeug kann {0} Tage lang zurück, unbenutzt und mit Etikett.",
            "es": "Las herramientas se pueden devolver en {0} días, sin usar.",
        },
    ),
    Topic(
        "other",
        r"gift ?cards?|carte cadeau|gutschein|tarjeta regalo",
        "Gift cards",
        {
            "fr": "Les cartes cadeaux sont valables {0} ans et ne sont pas remboursées.",
            "de": "Gutscheine gelten {0} Jahre und werden nicht ausgezahlt.",
            "es": "Las tarjetas regalo valen {0} años y no se pagan en efectivo.",
        },
    ),
    Topic(
        "other",
        r"invoice|\bvat\b|tax number|facture|rechnung|factura",
        "Invoices",
        {
            "fr": "La facture avec numéro de TVA se demande jusqu'à {0} jours après.",
            "de": "Die Rechnung mit Steuernummer gibt es bis {0} Tage danach.",
            "es": "La factura con número fiscal se pide hasta {0} días después.",
        },
    ),
    Topic(
        "other",
        r"winter|frost|freez|hiver|gel\b|invierno",
        "Winter",
        {
            "fr": "L'hiver, il lui faut de la lumière et {0} à {1} degrés.",
            "de": "Im Winter hell und kühl, bei {0} bis {1} Grad.",
            "es": "En invierno, luz y de {0} a {1} grados.",
        },
    ),
    Topic(
        "other",
        r"\bwater(?:ing)?\b|arros|gieß|regar",
        "Watering",
        {
            "fr": "Les succulentes veulent de l'eau toutes les {0} semaines.",
            "de": "Sukkulenten wollen alle {0} Wochen Wasser.",
            "es": "Las suculentas quieren agua cada {0} semanas.",
        },
    ),
    Topic(
        "other",
        r"\bphone\b|call you|téléphone|telefon|teléfono",
        "The phone",
        {
            "fr": "Le téléphone répond les jours ouvrés de {0} à {1} heures.",
            "de": "Das Telefon ist werktags von {0} bis {1} Uhr besetzt.",
            "es": "El teléfono atiende de {0} a {1} horas los días laborables.",
        },
    ),
    Topic(
        "other",
        r"living plants?|plants? travel|weekend|which days",
        "Living plants",
        {},
    ),
    Topic(
        "status",
        r"deliver|ship|how long|arrive|where is|when (?:does|will|is)|livr|liefer|wie lange|"
        r"wann kommt|wo ist|entreg|envío|envían|cuándo llega|où est|quand arrive",
        "Delivery takes",
        {
            "fr": "La livraison prend {0} à {1} jours ouvrés, {2} à {3} ailleurs en Europe.",
            "de": "Die Lieferung dauert {0} bis {1} Werktage, {2} bis {3} im Rest Europas.",
            "es": "El envío tarda de {0} a {1} días laborables, {2} a {3} en el resto de Europa.",
        },
    ),
)
"""In this order: the first that fits a question is taken, as models latch on to a word."""

HELLO = {
    "en": ("", "Hello there!"),
    "fr": ("", "Bonjour !"),
    "de": ("", "Hallo!"),
    "es": ("", "¡Hola!"),
}
"""How it opens: plainly, or in a good mood."""

LOST = {
    "what": {
        "en": "I am not sure about that; a colleague will write to you today.",
        "fr": "Je ne suis pas sûr; une collègue vous écrira aujourd'hui.",
        "de": "Da bin ich nicht sicher; eine Kollegin schreibt Ihnen heute.",
        "es": "No estoy seguro; una compañera le escribirá hoy.",
    },
    "number": {
        "en": "Which order is it? The number looks like BW-00000.",
        "fr": "Quelle commande ? Le numéro ressemble à BW-00000.",
        "de": "Welche Bestellung ist es? Die Nummer sieht aus wie BW-00000.",
        "es": "¿Qué pedido es? El número es como BW-00000.",
    },
    "order": {
        "en": "I cannot find this order.",
        "fr": "Je ne trouve pas cette commande.",
        "de": "Diese Bestellung finde ich nicht.",
        "es": "No encuentro este pedido.",
    },
    "returning": {
        "en": "Your return is started, the label comes by mail.",
        "fr": "Votre retour est lancé, l'étiquette arrive par courriel.",
        "de": "Ihre Rücksendung läuft, das Etikett kommt per Mail.",
        "es": "Su devolución está iniciada, la etiqueta llega por correo.",
    },
    "state": {
        "en": "Your order is",
        "fr": "Votre commande est",
        "de": "Ihre Bestellung ist",
        "es": "Su pedido está",
    },
}
"""What it says when it cannot answer, or after a tool."""
