"""Forms of a word share a stem in its language, with and without accents."""

from __future__ import annotations

import pytest

from sage.core.ranking import fold
from sage.core.stems import every_stem, stems_in
from sage.core.tongues import TONGUES

FORMS = {
    "de": "Haus Häuser Häusern", "fr": "arrivé arrivée arrivées arriver arrivee", "es": "canción canciones cancion",
    "it": "amico amici", "pt": "médico médicos medico", "nl": "huis huizen", "sv": "möte möten mötet", "da": "møde møder mødet",
    "no": "møte møter møtet", "fi": "mökki mökin mökille mökillä", "hu": "ház házak házban", "pl": "dom domu domów",
    "cs": "klíč klíče klíčů", "ro": "casă case", "tr": "ev evler evde", "ru": "собака собаку собакой", "el": "κλειδί κλειδιά",
}  # fmt: skip


@pytest.mark.parametrize("tongue", TONGUES)
def test_the_forms_of_a_word_share_a_stem(tongue: str) -> None:
    assert len(set(stems_in(tongue, [fold(word) for word in FORMS[tongue].split()]))) == 1


def test_a_word_has_one_stem_in_each_language() -> None:
    (found,) = every_stem(["notes"])
    assert len(found) == len(TONGUES)
    assert {"de:not", "nl:note", "fi:notes"} <= set(found)
    assert every_stem([]) == []
