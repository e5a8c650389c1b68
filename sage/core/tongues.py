"""Which language a text is written in, by its most common words and its letters. It only decides how words are cut.

A text that is too short, or of several languages at once, is taken for English. Every language named here has a stemmer.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from itertools import repeat

ENGLISH = "en"

_COMMON = {
    "en": "the of and to in is it you that he was for on are with as his they at be this have from or had by but some what "
    "there we can were all your when up use word how said an each she which do their time if will way about many then "
    "them would like so these her has no not i my me him our out just get got been more who did don't it's i'm a us "
    "could should because into over after only also than",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass "
    "sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch "
    "man sein wurde ich du wir ihr mir mich dich uns kein keine wenn was schon doch ja heute morgen gestern mein meine "
    "wo habe bin dann unser unsere sehr immer wieder gibt muss kann",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son aux mais ou "
    "nous comme leur été cette elle je tu vous ils elles mon ma mes ton ta tes sa ses notre votre qu à ça "
    "être avoir fait très où quand aussi bien tout tous toute chez après avant hier demain suis ai avons était sans",
    "es": "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta "
    "entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante ni contra ese yo eso mi tu qué "
    "está fue son ella él hoy ayer mañana nuestro nuestra hemos tengo tiene unos unas era ha he",
    "it": "di e il la che in a per un è non si da una i le con del della dei delle al alla sono come più ma lo gli anche nel "
    "nella ha o mi ti ci questo questa se suo sua loro su ho hai abbiamo perché quando molto dopo prima oggi ieri domani "
    "mio mia nostro nostra era essere io noi poi sempre dove tutto tutti dal dalla dell all po ancora nell sull fatto",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou "
    "ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem "
    "nas me esse eles você tinha foram essa num nem meu minha às hoje ontem amanhã nosso nossa onde são estou vou",
    "nl": "de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem dan zou of wat mijn "
    "men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me "
    "zij nu ge geen omdat iets worden toch al waren veel meer doen toen moet ben zonder kan hun dus vandaag morgen "
    "gisteren we wij onze ons jij niets waar wordt deze naar",
    "sv": "och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu "
    "har inte hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig "
    "kan sina här ha mot alla under någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni "
    "bli blev oss din dessa några deras blir mina samma vilken er sådan vår blivit idag igår imorgon",
    "da": "og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham hun nu "
    "over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være dog noget ha "
    "mod disse hvis din nogle hos blive mange ad bliver hendes været thi jer sådan efter meget også igen går mine mit kan "
    "uden lige",
    "no": "og i jeg det at en et den til er som på de med han av ikke der så var meg seg men har om vi min mitt ha hadde hun nå "
    "over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv her alle vil bli ble blitt kunne inn når "
    "være kom noen noe ville dere deres kun ja etter ned skulle denne for deg si sine mot å meget hvorfor dette uten "
    "hvordan ingen din ditt blir samme hvilken sånn inni mellom vår hver hvem mye bare også igjen går",
    "fi": "ja on ei se että hän oli en ole ovat olen sen mutta niin kun kuin joka tai jos minä sinä me te he mitä myös mukaan "
    "vain nyt ollut olla ne tämä tätä tämän sitten siitä sitä jo vielä hyvin koska kanssa minun sinun meidän hänen missä "
    "oli olivat eivät eikä joka jotka jossa mikä kuka tänään eilen huomenna pitää voi voin olemme minulla mun sun sekä "
    "jälkeen ennen kaikki paljon aina siellä täällä näin emme kuten asti",
    "hu": "a az és hogy nem is egy ez de meg csak már volt van ha mint el még én te ő mi ti ők azt ezt ami aki kell lesz olyan "
    "nagyon itt ott most mert vagy után lehet minden volna vannak voltak sem majd akkor így úgy ki be fel le nincs hol "
    "miért mikor ma tegnap holnap ezek azok nekem neki engem téged velem vele által között szerint alatt előtt",
    "pl": "w i na z do się nie to że jest o jak a po co tak za od by był była było już tylko ale czy ja ty on ona my wy oni mi "
    "mnie jego jej ich przez dla tym ten ta te być są może kiedy bardzo jeszcze tego tej gdzie ze pod nad przed dziś "
    "wczoraj jutro mój moja nasz nasza mam ma mamy oraz lub który która które ponieważ albo także więc nas nam",
    "cs": "a v se na je že o s z do i to k ve pro za by ale si po jako tak jsem jsou byl byla bylo co už jen když ještě nebo od "
    "při jak ten ta které který která však jeho její jejich já ty on ona my vy oni mě mně tě mi být může bude kde proč "
    "dnes včera zítra můj moje náš naše mám má máme podle před mezi také protože aby není velmi",
    "ro": "de și în la a cu pe nu o un că se din mai ce este pentru am ca să sunt au fost care dar lui ei el ea eu tu noi voi "
    "le îi îl ne i al ai ale prin după până între unde când cum foarte doar tot toate acest această aceste acum astăzi "
    "ieri mâine meu mea nostru noastră are avem era fi s-a şi să iar sau fără dacă",
    "tr": "bir ve bu da de için ile o ne ben sen biz siz onlar var yok çok daha gibi ama en kadar sonra olarak olan oldu değil "
    "mi mı mu mü ki her şey diye ya bunu onu bana sana ona beni seni benim senin bizim şimdi bugün dün yarın nasıl neden "
    "nerede kim hem veya göre önce olduğu ise iki şu",
    "ru": "и в не на я что он с как а то это по но она к у из мы за вы так же от мне было о бы был его для меня только уже все "
    "ты ее её да ну если или когда где очень быть до нет чтобы еще ещё были есть может тоже при сегодня вчера завтра мой "
    "моя наш наша них нас вас им их со под там тут потом после надо можно был была",
    "uk": "і в не на я що він з як а то це по але вона до у із ми за ви так же від мені було про би був його для мене тільки вже "
    "все ти її та якщо або коли де дуже бути ні щоб ще були є може теж сьогодні вчора завтра мій наш",
    "bg": "и в не на аз че той с как а то това по но тя до у от ние за вие така да ми беше си е са го за мен само вече всичко ти "
    "му ако или кога къде много бъде няма още бяха има може също днес вчера утре мой наш се ще",
    "sr": "и у не на ја да он са као а то је по али она до од ми за ви тако ме било о би био његов само већ све ти њен ако или "
    "када где веома бити нема још били има може данас јуче сутра мој наш се су што",
    "el": "και το η ο να του της με για που είναι στο στην από δεν τα τη την τον οι των μου σου ένα μια θα τι στη στα αλλά όμως "
    "σε ότι αν ή πως όταν πού πολύ εγώ εσύ αυτό αυτή αυτός μας σας τους έχει έχω ήταν σήμερα χθες αύριο",
}  # fmt: skip
"""A few dozen of each language's most common words. Ukrainian, Bulgarian and Serbian are there to be told from Russian."""

_LETTERS = {
    "ß": "de", "ä": "de sv fi", "ö": "de sv fi hu tr", "ü": "de hu tr", "é": "fr es pt hu cs", "è": "fr it", "ê": "fr pt",
    "à": "fr it pt", "ç": "fr pt tr", "œ": "fr", "ñ": "es", "ã": "pt", "õ": "pt", "å": "sv da no",
    "æ": "da no", "ø": "da no", "ő": "hu", "ű": "hu", "ł": "pl", "ą": "pl", "ę": "pl", "ż": "pl", "ś": "pl", "ř": "cs",
    "ě": "cs", "ů": "cs", "č": "cs", "ž": "cs", "ă": "ro", "ș": "ro", "ț": "ro", "î": "ro fr", "ğ": "tr", "ı": "tr",
    "ş": "tr ro", "ы": "ru", "э": "ru", "і": "uk", "ї": "uk", "є": "uk", "ґ": "uk", "ј": "sr", "њ": "sr", "љ": "sr",
    "ђ": "sr", "ћ": "sr", "абвгдежзийклмнопрстуфхцчшщьюя": "ru uk bg sr", "αβγδεζηθικλμνξοπρστυφχψω": "el",
}  # fmt: skip
"""Letters that some languages have and most others have not."""

TONGUES = tuple(tongue for tongue in _COMMON if tongue not in (ENGLISH, "uk", "bg", "sr"))
"""The languages other than English whose words are cut their own way."""

_LONGEST = 1200
"""Letters of a text that are looked at: some two hundred words are enough to be sure."""
_LEAST = 2
"""Different words or letters that must speak for a language; single letters are too often of a list or a formula."""
_SHARE = 0.12
"""The share of a text's words that must speak for a language: names and lists hardly speak at all."""
_PLAINLY = 0.2
"""The share of common English words that no other language reaches."""


def _hints() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for tongue, words in _COMMON.items():
        for word in dict.fromkeys(words.split()):
            found[word].append(tongue)
    return {word: tuple(tongues) for word, tongues in found.items()}


_HINTS = _hints()
_ENGLISH = frozenset(word for word in _COMMON[ENGLISH].split() if len(word) > 1)
_ALSO_ENGLISH = _ENGLISH | frozenset(
    """am bare bin care come das den die dig din do door dove fast ham hat hay hem here hoe jag kind mama man mange many men
    met mine mod most must nor nun once one over pa par per plus pod pour pro sans sin son sun ten til till ton tot tout
    under vain van war want was will""".split()
)
"""Common words of other languages that are words of English as well: they alone do not tell that a text is not English."""
_MARKS = {letter: frozenset(tongues.split()) for letters, tongues in _LETTERS.items() for letter in letters}
_NO_MARKS: frozenset[str] = frozenset()


def common_words(tongue: str) -> frozenset[str]:
    """The most common words of one of TONGUES: they say nothing about what a text is about."""
    return frozenset(_COMMON[tongue].split())


def tongue_of(text: str) -> str:
    """The language of a text as its two letters (see TONGUES); "en" where it is English or not clear."""
    plain = text[:_LONGEST]
    words = (plain if plain.isascii() else unicodedata.normalize("NFC", plain)).lower().split()
    if sum(map(_ENGLISH.__contains__, words)) > _PLAINLY * len(words):
        return ENGLISH
    scores = dict.fromkeys(_COMMON, 0)
    different = dict.fromkeys(_COMMON, 0)
    for word, count in Counter(filter(_HINTS.__contains__, words)).items():
        for tongue in _HINTS[word]:
            scores[tongue] += count
            different[tongue] += len(word) > 1 and word not in _ALSO_ENGLISH
    if not plain.isascii():
        for word, count in Counter(word for word in words if not word.isascii()).items():
            for tongue in _NO_MARKS.union(*map(_MARKS.get, word, repeat(_NO_MARKS))):
                scores[tongue] += count
                different[tongue] += 1
    best = max(_COMMON, key=lambda tongue: scores[tongue])
    clear = different[best] >= _LEAST and scores[best] >= _SHARE * len(words) and scores[best] > scores[ENGLISH]
    return best if clear and best in TONGUES else ENGLISH
