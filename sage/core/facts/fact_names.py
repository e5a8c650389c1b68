"""Whether a capitalized word is somebody's name, or a noun that begins its sentence or is a heading.

At the beginning of a sentence, and alone in a heading, every word has a capital. A name is known there by its other
places: in the midst of a sentence it keeps its capital, and is nowhere written small. Where neither tells, it is a name
unless it is a noun that English or German says without an article ("Cake", "Traffic", "Happiness"): only such a one can
stand before a verb alone, as a name does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from sage.core.facts.fact_words import NAME
from sage.core.words import STOP_WORDS

_IN_PASSING = re.compile(rf"(?<=[a-zäöüß0-9,;] ){NAME}")
_SMALL = re.compile(r"(?<![\w@./-])[^\W\d_A-ZÄÖÜ][^\W\d_]*(?![\w@])")
_ABSTRACT = re.compile(
    r"\w+(?:ness|tion|sion|(?:al|il|iv|or|os|ac|ur)ity|ism|ship|ology|omics|heit|keit|schaft)|\w{4,}(?:ment|hood|ung)|\w{5,}ing"
)
_WITHOUT_ARTICLE = frozenset(
    # food and drink
    "cake bread butter cheese milk cream chocolate sugar salt flour rice pasta pizza soup salad meat beef pork chicken bacon ham "
    "fish salmon tuna seafood fruit corn garlic jam yoghurt yogurt tofu food coffee tea juice water wine beer cider whisky vodka "
    "alcohol lemonade soda ice breakfast brunch lunch dinner supper dessert "
    "kuchen brot käse milch sahne schokolade zucker salz mehl reis nudeln suppe fleisch fisch obst gemüse essen kaffee tee saft "
    "wasser wein bier alkohol frühstück mittagessen abendessen "
    # stuff, weather, nature
    "gold silver iron steel wood glass paper plastic leather wool cotton silk oil gas petrol coal sand soil mud dirt dust smoke "
    "rain snow wind sunshine sunlight fog frost weather heat light darkness nature grass wheat fire air space "
    "regen schnee wind nebel wetter hitze licht natur feuer luft "
    # places and institutions that go without an article
    "work school college university church prison hospital home town bed court parliament congress government "
    "arbeit schule uni universität kirche regierung "
    # doings, arts and subjects
    "music art poetry literature fiction theatre theater ballet opera jazz rock dance sport sports football soccer basketball "
    "baseball tennis golf hockey cricket rugby chess yoga pilates karate judo gymnastics fitness exercise travel traffic transport "
    "homework housework research science physics chemistry biology history geography maths math algebra economics politics "
    "law medicine philosophy psychology religion geometry english spanish italian chinese japanese russian latin "
    "musik kunst literatur theater sport fußball verkehr forschung wissenschaft physik chemie biologie geschichte mathe politik "
    "medizin philosophie religion englisch deutsch französisch spanisch "
    # what cannot be touched
    "advice age anger anxiety beauty boredom business change childhood class company courage culture curiosity "
    "customer data death debt depression design duty energy evil evolution experience failure fame family fashion fear "
    "freedom fun grief growth guilt health help history hunger information intelligence internet knowledge language laughter "
    "luck management marketing money nothing news noise pain patience peace power pressure progress proof quality reality "
    "respect sales shame silence sleep society software hardware staff stress stuff style success support sympathy talent team "
    "technology television thought time trade trust truth understanding violence war wealth wisdom youth "
    "angst geld glück gesundheit zeit erfolg familie firma freude hilfe internet krieg liebe macht mut ruhe schlaf schmerz "
    "spaß stress team technik wut "
    # times of the year and the day, and what one heads a page with
    "morning noon evening night midnight weekend week month year morgen abend nacht wochenende woche monat jahr "
    "address agenda appendix background budget contact contents context details draft equipment example feedback furniture garden "
    "goal idea ingredients kitchen list log luggage mail menu method note office overview packing plan price problem project "
    "purpose question recipe reference result review schedule shopping software source status summary task team template title "
    "todo topic update vocabulary warning".split()
)


@dataclass(frozen=True)
class Names:
    """What a text tells of which capitalized words are names."""

    plain: str

    def has(self, word: str) -> bool:
        """Whether a capitalized word that begins a sentence of the text, or heads it, is a name."""
        small = word.lower()
        if " " in word or word in self._in_passing:
            return True
        if small in _WITHOUT_ARTICLE or _ABSTRACT.fullmatch(small):
            return False
        return small in STOP_WORDS or self._small.isdisjoint((small, f"{small}s"))

    @cached_property
    def _in_passing(self) -> frozenset[str]:
        return frozenset(found[0].split()[0] for found in _IN_PASSING.finditer(self.plain))

    @cached_property
    def _small(self) -> frozenset[str]:
        return frozenset(_SMALL.findall(self.plain))
