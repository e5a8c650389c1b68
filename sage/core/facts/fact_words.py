"""The words that the rules for facts are made of: who is meant, what says nothing, what a value ends at."""

from __future__ import annotations

import re

from sage.core.words import STOP_WORDS, words

RELATIONS = (
    "wife|husband|spouse|partner|fiancée?|girlfriend|boyfriend|mother|mum|mom|mummy|mommy|father|dad|daddy|parents|sister|brother|"
    "twin(?: sister| brother)?|son|daughter|child|kid|baby|aunt|auntie|uncle|cousin|niece|nephew|grandma|grandpa|granny|"
    "grandmother|grandfather|grandson|granddaughter|godmother|godfather|stepmother|stepfather|stepson|stepdaughter|"
    "(?:mother|father|sister|brother|son|daughter)-in-law|boss|manager|team lead|colleague|coworker|co-worker|"
    "(?:best |old |good |close )?friend|roommate|flatmate|housemate|neighbou?r|landlord|landlady|doctor|dentist|gp|therapist|"
    "lawyer|accountant|teacher|coach|trainer|mentor|mentee|assistant|ex|ex-wife|ex-husband|dog|cat|puppy|pup|kitten|horse|"
    "rabbit|hamster|parrot|guinea pig"
)
"""Who or what can be somebody's."""
RELATIONS_DE = (
    "frau|mann|partnerin|partner|freundin|freund|mutter|mama|vater|papa|schwester|bruder|tochter|sohn|tante|onkel|cousine|"
    "cousin|nichte|neffe|oma|opa|großmutter|großvater|chefin|chef|kollegin|kollege|nachbarin|nachbar|ärztin|arzt|"
    "zahnärztin|zahnarzt|vermieterin|vermieter|mitbewohnerin|mitbewohner|hund|katze|kater"
)
RELATIONS_IN_ENGLISH = {
    "frau": "wife", "mann": "husband", "partnerin": "partner", "mutter": "mother", "mama": "mum", "vater": "father", "papa": "dad",
    "schwester": "sister", "bruder": "brother", "tochter": "daughter", "sohn": "son", "tante": "aunt", "onkel": "uncle",
    "oma": "grandma", "opa": "grandpa", "freundin": "friend", "freund": "friend", "chefin": "boss", "chef": "boss", "hund": "dog",
    "katze": "cat", "kater": "cat", "kollegin": "colleague", "kollege": "colleague", "nachbarin": "neighbour",
    "nachbar": "neighbour", "ärztin": "doctor", "arzt": "doctor",
}  # fmt: skip
"""What a German relation is called as an attribute, so that it is the same fact."""

_NO_NAME = (
    "I|I'm|The|This|That|These|Those|It|He|She|They|We|You|There|Here|What|Who|Which|Where|When|Why|How|My|Our|Your|His|Her|Its|"
    "Their|A|An|And|But|So|Or|If|As|At|In|On|By|To|For|From|With|No|Not|Yes|Yeah|Yep|Yup|Ok|Okay|Oh|Wow|Hey|Hi|Hello|Thanks|Thank|Well|"
    "Also|Then|Now|Just|Let|Let's|Every|Everyone|Everybody|Someone|Somebody|Anyone|Nobody|Nothing|Something|Everything|All|Both|"
    "Some|Many|Most|People|Life|Work|Today|Tomorrow|Yesterday|Tonight|Great|Good|Cool|Nice|Maybe|Perhaps|Please|Sure|God|"
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|"
    "October|November|December|Christmas|Easter|Ich|Du|Er|Sie|Es|Wir|Ihr|Der|Die|Das|Ein|Eine|Mein|Meine|Und|Aber|Heute|"
    "Morgen|Gestern|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag"
)
_INITIAL = "[A-ZÄÖÜÉÈÇÑØÅŠŽ]"
NAME = (
    rf"(?!(?:{_NO_NAME})\b){_INITIAL}[^\W\d_]*(?:-[A-Z][^\W\d_]*)?\.?"
    rf"(?:[ ]+(?!(?:{_NO_NAME})\b)(?:(?:de|van|von|der|la|di|al|bin)[ ]+)*{_INITIAL}[^\W\d_]+(?:-[A-Z]\w+)?){{0,2}}"
)
"""One to three capitalized words that can be a person's name."""

ADVERBS = (
    r"(?:(?:\w+ly|absolut\w+|really|just|still|also|now|so|very|quite|truly|both|do|always|even|all|kinda|(?:kind|sort)\s+of|too|"
    r"personally)\s+)*+"
)

_LIGHT = frozenset(
    (
        "amazing another anything awesome back best better bit came check checking come cool day days definitely did "
        "different do doing done everybody everyone everything excited feel felt fun gave get getting give glad go going "
        "gone gonna good got gotta great guys happy hear help hobbies hobby hope idea join keep keeps kept kind know "
        "later let like look looking lot lots love lovely made make making many maybe more much need new nice nothing ok "
        "one ones other part people perfect photo photos pic pics picture pictures please post posted pretty project "
        "projects proud put really recommendations remember said saw say see share shot someone something soon sort speak "
        "stuff super support sure take taken talk tell thank thanks thing things think thought time times today told "
        "tomorrow tonight took totally tried try trying ttyl type types u update updated various wait wanna want way ways "
        "well went wonderful ya"
    ).split()
)
"""Words that name nothing by themselves."""
_POINTING = re.compile(
    r"(?:it|this|that|these|those|them|him|her|us|me|you|your|yours|their|theirs|his|its|how|what|when|why|where|whatever|seeing|"
    r"hearing|to\s+(?:hear|see|know|think)|everything|everyone|all|each|being\s+here|talking|chatting|so|more|both|either"
    r"|another|the\s+way|"
    r"the\s+(?:color|colour|idea|thought|fact|look|sound|same|one|other|first|last|new|rest|most|photo|picture|pic|design|vibe"
    r"|energy)s?|"
    r"one|there|here|as|such|same|way|too|not|no|our\s+(?:chat|talk)s?|anything|something|nothing)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:their|theirs|there|here)\b"
    r"|^\w+(?:\s+\w+)?\s+(?:(?:it|them|him|her)\b|(?:this|that|these|those)(?:\s+\w+)?$)",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"the\s+(?:sea|seaside|mountains?|beach|outdoors|rain|cold|heat|mornings?|evenings?|countryside|city|forest|woods|ocean|snow"
    r"|sun|"
    r"smell|sound|taste|feeling|theatre|theater|cinema|opera|gym|piano|guitar|violin|desert|winter|summer|autumn|spring|dark"
    r"|dentist|\w+s\b)",
    re.IGNORECASE,
)

_POINTS = re.compile(r"\b(?:it|this|that|them|there|here|one)\b", re.IGNORECASE)
DEEDS = (
    r"(?:send|bring|call|e-?mail|mail|text|pay|book|fix|return|order|write|finish|buy|pick|repair|forward|print|sign|deliver|ship|"
    r"prepare|cook|bake|organi[sz]e|arrange|tell|ask|introduce|lend|help|look\s+after|take\s+care|share|add|upload|submit|review|"
    r"contact|visit|drop|cover|schedule|set\s+up|teach|translate|feed|water|clean|draft|invite|collect|apply|cancel|renew)\b"
)
"""What a promise is of, rather than a manner of speaking."""
_DEED = re.compile(DEEDS, re.IGNORECASE)

VALUE_END = re.compile(
    r"[,;:()!?\n\"]|\.(?=\s|$)|\.\.|\s[-–—]+\s|—|\s(?:and|but|so|or)\s+(?:i|i'm|we|he|she|they|it|it's|you|my|our|that|then|now"
    r"|how)\b"
    r"|\s(?:and|but|or)\s+(?:\w+ly\s+|also\s+)?(?:hates?|loves?|likes?|enjoys?|dislikes?|prefers?|lives?|works?|have|has|am"
    r"|can't|don't|would|will|"
    r"want|need|think|always|usually|never|try|hope|got|went|had|was|were|made|moved|met|saw|found)\b"
    r"|\s(?:because|but|so|which|who|whom|when|whenever|while|where|although|though|if|unless|even|until|once(?!\s+(?:an?|every"
    r"|in|or)\b)|since(?!\s+\d)|"
    r"as\s+(?:it|they|well|you|i|we|he|she|a\s+way)|except|especially|just\s+like|like\s+(?:you|me|him|her|them)|than"
    r"|that\s+(?:i|it|we|is|are)|and\s+it|before\s+i|after\s+i|"
    r"thanks\s+to|due\s+to|so\s+that|in\s+order\s+to|it's|it\s+is|weil|aber|und\s+ich|wenn|dass|obwohl)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s+(?:too|so\s+much|a\s+lot|very\s+much|the\s+most|lately|recently|these\s+days|nowadays|again|now|right\s+now"
    r"|at\s+the\s+moment|"
    r"as\s+well|of\s+course|though|anyway|myself|ourselves|soon|someday|one\s+day|sometime|for\s+sure|in\s+general|by\s+then|"
    r"already|still|today|and|or|to|with|in|on|at|of|by|for|from|sehr|so|jetzt|auch|since|until|till|before))+$",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:and|also|really|just)\s+)+(?=\w)", re.IGNORECASE)


def trim(value: str) -> str:
    """A value without the words around it that add nothing."""
    value = " ".join(value.split()).strip(" ,;:-–—.!?'\"()*")
    return _TRAILING.sub("", _LEADING.sub("", value)).strip(" ,;:-–—.!?'\"()*")


def is_errand(value: str) -> bool:
    """Whether what is meant to be done says what: "send it" may, "try it" may not."""
    if not _POINTS.search(value):
        return True
    told = [word for word in words(value) if word not in STOP_WORDS and word not in _LIGHT]
    return len(told) > 1 or (bool(told) and bool(_DEED.match(value)))


def names_something(value: str, *, deictic: bool = False) -> bool:
    """Whether a value says something outside its conversation: not "it", "that photo", "let you know".

    With `deictic`, it may begin with a pointing word.
    """
    if not deictic and _POINTING.match(value):
        return False
    if re.match(r"the\s", value, re.IGNORECASE) and not _LASTING.match(value) and not deictic:
        return False
    if _ELSEWHERE.search(value) and not deictic:
        return False
    told = [
        word
        for word in words(value)
        if word not in STOP_WORDS and word not in _LIGHT and (len(word) > 1 or word.isdigit())
    ]
    return bool(told) and len(value) <= 160


def _listed(text: str) -> tuple[str, str]:
    """A pattern of words and phrases (parted by commas), and the last word of each."""
    phrases = [" ".join(one.split()) for one in text.split(",")]
    pattern = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted(phrases, key=len, reverse=True))
    return f"(?:{pattern})", " ".join(sorted({one.split()[-1] for one in phrases}))


_OCCUPATIONS, OCCUPATION_WORDS = _listed(
    "teacher, professor, nurse, doctor, surgeon, paramedic, midwife, engineer, developer, programmer, designer, architect, "
    "lawyer, "
    "solicitor, judge, accountant, consultant, manager, director, analyst, scientist, researcher, student, writer, author, "
    "journalist, "
    "translator, librarian, musician, singer, artist, painter, actor, actress, photographer, chef, cook, baker, waiter, waitress, "
    "barista, bartender, driver, pilot, mechanic, electrician, plumber, carpenter, farmer, gardener, florist, hairdresser, "
    "therapist, "
    "counselor, counsellor, psychologist, psychiatrist, physicist, chemist, biologist, pharmacist, dentist, vet, veterinarian, "
    "firefighter, soldier, pastor, priest, coach, trainer, cashier, clerk, secretary, receptionist, salesperson, freelancer, "
    "entrepreneur, founder, ceo, cto, intern, apprentice, pensioner, retiree, housewife, tutor, lecturer, social worker, "
    "product owner, "
    "team lead"
)
OCCUPATION = rf"(?:[\w-]+\s+){{0,3}}?{_OCCUPATIONS}"
IDENTITY, IDENTITY_WORDS = _listed(
    "vegan, vegetarian, pescatarian, left-handed, right-handed, colour-blind, color-blind, colorblind, lactose intolerant, "
    "lactose-intolerant, gluten intolerant, gluten-intolerant, coeliac, celiac, diabetic, asthmatic, dyslexic, autistic, "
    "pregnant, "
    "retired, unemployed, self-employed, deaf, blind, gay, lesbian, bisexual, transgender, trans, non-binary, night owl, early "
    "bird, "
    "morning person, introvert, extrovert, introverted, extroverted, only child, non-smoker, smoker, catholic, protestant, "
    "muslim, "
    "jewish, buddhist, hindu, atheist"
)
BELONGINGS, BELONGING_WORDS = _listed(
    "dog, dogs, cat, cats, pet, pets, puppy, puppies, pup, pups, kitten, kittens, horse, horses, rabbit, rabbits, hamster, "
    "hamsters, "
    "parrot, parrots, chickens, turtle, turtles, snake, snakes, son, sons, daughter, daughters, kid, kids, child, children, "
    "brother, "
    "brothers, sister, sisters, sibling, siblings, twin, twins, cousin, cousins, niece, nieces, nephew, nephews, grandchildren, "
    "grandkids, "
    "car, cars, bike, bikes, motorbike, motorcycle, van, boat, house, flat, apartment, garden, balcony, piano, guitar, asthma, "
    "diabetes, "
    "migraine, migraines, epilepsy, arthritis, eczema, anxiety, depression, adhd, autism, dyslexia, insomnia, high blood "
    "pressure, "
    "hay fever, tattoo, tattoos, degree, phd, driving licence, driving license, pacemaker, shop, business, company"
)
"""What "I have a …" is kept of: what lasts."""
MARITAL = r"(?:married|single|divorced|engaged|widowed|separated)"
