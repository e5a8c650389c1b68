"""Which language a text is in, told from itself."""

from __future__ import annotations

import pytest

from sage.core.tongues import ENGLISH, TONGUES, tongue_of

WRITTEN = {
    "en": "We walked to the lake and had our lunch there, but the boat was not yet ready for the summer.",
    "de": "Wir sind am Sonntag zum See gefahren und haben dort die alten Häuser und das Boot angesehen.",
    "fr": "Nous avons marché jusqu'au lac avec les enfants, mais le bateau n'était pas encore prêt pour l'été.",
    "es": "El domingo fuimos al lago con los niños y comimos allí, pero la barca no estaba lista para el verano.",
    "it": "Domenica siamo andati al lago con i bambini e abbiamo mangiato lì, ma la barca non era ancora pronta.",
    "pt": "No domingo fomos ao lago com as crianças e almoçamos lá, mas o barco ainda não estava pronto para o verão.",
    "nl": "Op zondag zijn we met de kinderen naar het meer gegaan, maar de boot was nog niet klaar voor de zomer.",
    "sv": "På söndagen åkte vi till sjön med barnen och åt lunch där, men båten var inte klar för sommaren.",
    "da": "I søndags tog vi ud til søen med børnene og spiste frokost der, men båden var ikke klar af sig selv.",
    "no": "På søndag dro vi ut til sjøen med barna og spiste lunsj der, men båten var ikke klar av seg selv ennå nå.",
    "fi": "Sunnuntaina me menimme järvelle lasten kanssa ja söimme siellä, mutta vene ei ollut vielä valmis.",
    "hu": "Vasárnap a gyerekekkel elmentünk a tóhoz és ott ettünk, de a csónak még nem volt kész a nyárra.",
    "pl": "W niedzielę pojechaliśmy z dziećmi nad jezioro i tam zjedliśmy obiad, ale łódka nie była jeszcze gotowa.",
    "cs": "V neděli jsme jeli s dětmi k jezeru a tam jsme obědvali, ale loďka ještě nebyla připravená na léto.",
    "ro": "Duminică am fost la lac cu copiii și am mâncat acolo, dar barca nu era încă gata pentru vară.",
    "tr": "Pazar günü çocuklarla göle gittik ve orada yemek yedik ama tekne yaz için daha hazır değil.",
    "ru": "В воскресенье мы поехали на озеро с детьми и там обедали, но лодка ещё не была готова.",
    "el": "Την Κυριακή πήγαμε στη λίμνη με τα παιδιά και φάγαμε εκεί, αλλά η βάρκα δεν ήταν έτοιμη.",
}


@pytest.mark.parametrize("tongue", [ENGLISH, *TONGUES])
def test_a_sentence_tells_its_language(tongue: str) -> None:
    assert tongue_of(WRITTEN[tongue]) == tongue


@pytest.mark.parametrize("text", [
    "", "2026-11-22 14:30", "Demo Aunt", "Schlüssel", "die hat was", "x = a + b; y = a * c",
    "У неділю ми поїхали на озеро з дітьми і там обідали, але човен ще не був готовий.",
    "日曜日に子供たちと湖へ行きました。", "- milk\n- eggs\n- creme fraîche",
])  # fmt: skip
def test_what_is_short_or_of_no_known_language_is_taken_for_english(text: str) -> None:
    assert tongue_of(text) == ENGLISH


def test_a_quotation_does_not_turn_a_text() -> None:
    quoted = (
        "He told us that the sign on the door of the old house said: Wir sind nicht da. And then we had to go back."
    )
    assert tongue_of(quoted) == ENGLISH


def test_it_is_the_same_in_capitals_and_in_both_forms_of_unicode() -> None:
    import unicodedata

    for tongue, text in WRITTEN.items():
        assert tongue_of(unicodedata.normalize("NFD", text)) == tongue_of(text.upper().replace("SS", "ss")) == tongue


def test_english_words_that_are_common_in_other_languages_do_not_make_another_one() -> None:
    for text in (
        "Tomatoes want six hours of sun. [1]",
        "The men met under the van door.",
        "Most must die in ten days of war.",
    ):
        assert tongue_of(text) == "en"
    assert tongue_of("Die Frau war gestern mit dem Hund im Garten.") == "de"
