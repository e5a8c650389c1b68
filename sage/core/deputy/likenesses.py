"""Words that ask for the same, words that are opposites, and words that say little: of things that people ask each other about.

All are general words of English and German; what somebody's notes are about is not in here.
"""

from __future__ import annotations

from functools import cache

from sage.core.stems import stems_in
from sage.core.words import fold, stem

_SAME = """
wifi wlan wireless
phone telephone mobile telefon handy telefonnummer telefonnumm
email mail
begin start beginn startet
end finish endet
bike bicycle fahrrad
cost pric fee charg kost preis kostet
car auto
buy purchas
help assist
pet animal haustier
password passcode kennwort passwort
photo pictur imag foto bild
toilet restroom bathroom wc
child kid childr kind
rent hir leih miet
bin trash garbag rubbish
elevator lift
holiday vacation urlaub
open opening offnet offnung geoffnet
clos closed shut geschloss schliesst
meet meeting sitzung
must need requir mandatori mandator
"""
_OPPOSITE = """
open opens opening opened öffnet geöffnet auf öffnung öffnungszeiten / close closes closed closing shut schließt geschlossen zu
start starts begin begins beginning beginnt startet anfang / end ends finish finishes over endet ende schluss
arrive arrives arrival arriving ankunft / leave leaves depart departs departure abfahrt abreise
buy buys bought buying kaufen / sell sells sold selling verkaufen
deposit kaution pfand / rent rental hire price fee miete leihgebühr
summer sommer / winter
spring frühling / autumn herbst
adult adults erwachsene / child children kids kinder
first erste ersten erster / last letzte letzten letzter
maximum max most höchstens / minimum min least mindestens
upstairs oben / downstairs unten
front vorne / back rear hinten
left links / right rechts
old alte alten alter / new neue neuen neuer
weekday weekdays werktags / weekend weekends wochenende
login user username name called / password passcode kennwort passwort
before vor / after nach
morning morgens vormittags / evening abends
borrow lend ausleihen / return returned zurückgeben zurück
member members mitglied mitglieder / guest guests visitor visitors non-members gast gäste besucher
indoor inside drinnen / outdoor outside draußen
boy boys jungen / girl girls mädchen
win wins won / lose loses lost
import / export
upload / download
in / out
pickup collect abholen / delivery deliver liefern lieferung
"""

SAME: dict[str, str] = {each: group.split()[0] for group in _SAME.strip().splitlines() for each in group.split()}
"""By a word's stem, the one that stands for all that ask for the same."""

OPPOSITE: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, _, other in (pair.partition("/") for pair in _OPPOSITE.strip().splitlines())
)
"""Words of which a sentence with those on one side says nothing about those on the other."""

_SAYS_LITTLE = """
find get go located take place happen held know tell need use called name exact exactly current currently usually normally
generally actual actually want possible there anybody
anyone somebody someone one also look reach please thing kind sort
steht heißt lautet eigentlich genau gibt statt finde findet befindet bekommt machen denn man wann wo wer wem wen wie was
wieviel welche welcher welches quand combien qui
"""


@cache
def light_stems() -> frozenset[str]:
    """Stems of words that say little about what is asked."""
    said = fold(_SAYS_LITTLE).split()
    return frozenset((*map(stem, said), *stems_in("de", said)))
