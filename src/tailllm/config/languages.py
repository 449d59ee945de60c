"""What tells languages apart: a script of their own, or their commonest words."""

WORDS = {
    "cs": "a je se na v že to s do si jsem jsme za by ale jak pro jako tak jeho které může být",
    "da": "og det er at en jeg ikke til på med af som har kan vi din du dig den der for også hvad",
    "de": "und der die das ist nicht ich sie wir ein eine zu mit für auf den dem es wird haben"
    " können ihre ihr wie bei",
    "en": "the and to of a is in you that it for your with can have be on are this we our not if"
    " will please i",
    "es": "el la los las de que y en un una es no se por para con su lo como más pero puede"
    " usted está",
    "fi": "ja on ei että se voit tai myös mutta kun jos ovat olet sinun hän niin joka kuin voi"
    " meidän",
    "fr": "le la les de des et est un une vous nous pas que pour dans votre avec sur ne je en du"
    " au ce qui",
    "hu": "a az és hogy nem is egy ez van meg csak de már vagy ön kell lehet kérjük mint",
    "id": "yang dan di untuk anda dengan ini dari tidak pada akan bisa kami saya itu adalah dapat"
    " atau jika",
    "it": "il la lo gli le di che e è un una per non con si del della sono puoi questo nel alla"
    " tuo come",
    "nl": "de het een en van is niet dat in je u op te met voor zijn wij uw kunt om ook aan als"
    " dit",
    "no": "og det er at en jeg ikke til på med av som har kan vi din du deg den der for også hva"
    " etter",
    "pl": "i w na nie się jest że do to z jak dla po czy można może być od tak przez twoje proszę"
    " oraz",
    "pt": "o a os as de que e é um uma não para com em por você seu sua do da no na mais está pode",
    "ro": "și de la în nu este cu un o că pentru pe sunt se din mai dar care poate dumneavoastră"
    " vă",
    "sv": "och det är att en jag inte till på med av som har kan vi din du dig den för också vad"
    " ett om",
    "tr": "ve bir bu için da de ile çok ne olarak daha var ama mı değil gibi size siz sizin olan",
    "vi": "và của là có không được cho bạn với trong các này một để tôi chúng đã người những vui",
}
"""The commonest words of languages that share the Latin script."""

CYRILLIC = {
    "ru": "и в не на что с это вы по для как мы ваш или у от за если можно",
    "uk": "і в не на що з це ви по для як ми ваш або у від за якщо можна є та",
}
"""The same for the two that share the Cyrillic one."""

SCRIPTS = {
    "el": r"\p{Greek}",
    "he": r"\p{Hebrew}",
    "ar": r"\p{Arabic}",
    "hi": r"\p{Devanagari}",
    "th": r"\p{Thai}",
    "ko": r"\p{Hangul}",
    "ja": r"[\p{Hiragana}\p{Katakana}]",
    "zh": r"\p{Han}",
}
"""Scripts that give a language away, as `regex` writes them; `ja` before `zh` on purpose."""

LANGUAGES = tuple(sorted({*WORDS, *CYRILLIC, *SCRIPTS}))
