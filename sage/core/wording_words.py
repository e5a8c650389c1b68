"""The classes of English words of which the rules of `wording_blame` and `wording_pressure` are made.

A rule is a pattern over one sentence. Words in capitals stand for a class of words (`YOU`, `SHOULD`, `DONE`…, defined in
`CLASSES`), a space for any white space; `START` and `END` hold the pattern to the sentence's edges. What is meant is who does
what to whom ("second person + modal + have + participle"), so that a rule reaches sentences that nobody thought of.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["shame", "control", "guilt", "score", "hook", "feeling", "urgency", "comparison", "count"]

WHY: Final[dict[Kind, str]] = {
    "shame": "It judges the person instead of telling what is.",
    "control": "It tells the person what to do or what would have been right.",
    "guilt": "It makes the person answer for somebody's feelings.",
    "score": "It turns a life into a game that can be lost.",
    "hook": "It holds back somebody who is leaving.",
    "feeling": "It claims a feeling that a program does not have.",
    "urgency": "It presses without saying what is due when.",
    "comparison": "It measures the person by others.",
    "count": "It counts or repeats what was not done.",
}

CLASSES: Final[dict[str, str]] = {
    "START": r"(?:^\W*)",
    "END": r"(?:\W*$)",
    "REST": r"[^.!?;]*",
    "SOME": r"(?:(?: [\w'-]+,?){0,4} )",
    "LEAD": r"(?:[\w'-]+,? ){0,4}",
    "PLEASE": r"(?:(?:now|just|please|so|and|then|come on|okay|ok),? )*",
    "YOU": r"(?:you|u)",
    "HAVE": r"(?:'ve| have|'d| had)",
    "ARE": r"(?:'re| are| were|'ve been| have been| seem| look| sound)",
    "NOT": r"(?:n't| not| never)",
    "ADV": r"(?:really|just|simply|clearly|obviously|honestly|still|also|only|at least|now|already|once|finally|"
    r"probably|surely|certainly|definitely|absolutely|always|again|yet again|so|very|too|such|being|quite|rather|"
    r"pretty|completely|totally|truly|deeply|genuinely|actually|seriously|all|both|a bit|a little|a|an|the|that|"
    r"kind of)",
    "SHOULD": r"(?:should|could|might|ought to)",
    "MUST": r"(?:must|should|ought to|need to|have to|'ve got to|have got to|gotta|are (?:supposed|expected|"
    r"required) to|'re (?:supposed|expected|required) to|were (?:supposed|expected|meant) to)",
    "DONE": r"(?:(?!need|receiv|arriv|indeed)\w+ed|done|gone|been|begun|written|taken|made|said|told|kept|left|sent|"
    r"put|read|known|thought|come|given|spent|met|paid|bought|brought|chosen|spoken|slept|eaten|risen|woken|run|set|"
    r"cut|built|learnt|remembered|forgotten|dealt|stuck|stood|held|found out|gotten|got (?:up|on|to|it|this|that|"
    r"your))",
    "NUMBER": r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|a dozen|dozens "
    r"of|many|several|a few|another|so many|too many|multiple)",
    "UNIT": r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    "ORDINAL": r"(?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|sixth|seventh|umpteenth|hundredth|last|nth)",
    "THINGS": r"(?:tasks?|items?|things?|to-?dos?|goals?|habits?|deadlines?|promises?|commitments?|targets?|chores?|"
    r"workouts?|sessions?|check-?ins?|entries|errands?|plans?|intentions?)",
    "DAYS": r"(?:days?|weeks?|months?|mornings?|evenings?|nights?|times?|mondays?|sessions?|workouts?)",
    "FAILED": r"(?:overdue|missed|failed|unfinished|undone|incomplete|uncompleted|neglected|ignored|late|past due|"
    r"behind|skipped|broken|abandoned|unmet|untouched|not done|not finished|still not \w+)",
    "BAD": r"(?:lazy|laziness|unreliable|undisciplined|careless|hopeless|pathetic|weak|irresponsible|selfish|"
    r"disorgani[sz]ed|forgetful|useless|incapable|sloppy|slacking|slacker|procrastinating|procrastinator|stalling|"
    r"failure|failing|quitter|disappointment|disappointing|mess|loser|unmotivated|unfocused|unproductive|"
    r"inconsistent|immature|childish|stupid|foolish|ashamed|embarrassing|embarrassment|shameful|disgraceful|"
    r"disgrace|letdown|joke|worthless|flaky|incompetent)",
    "BADLY": r"(?:failed|failing|blew|blown|wast(?:ed|ing)|slack(?:ed|ing)|neglect(?:ed|ing)?|ignor(?:ed|ing)|"
    r"procrastinat(?:ed|ing)|dawdl(?:ed|ing)|squander(?:ed|ing)|messed up|screwed up|gave up|given up|giving up|"
    r"slipped up|dropped the ball|fell short|fallen short|falling short|falling behind|fell behind|fallen behind|"
    r"lagging|slipping|avoiding|making excuses|made excuses|broke your|broken your|breaking your|fell off|fallen "
    r"off|underperform(?:ed|ing)?|disappointed|forgot everything|lost control|lost your discipline)",
    "PEOPLE": r"(?:people|users|folks|adults|students|parents|professionals|workers|writers|runners|colleagues|"
    r"peers|friends|classmates|teammates|coworkers|co-workers|neighbou?rs|siblings|competitors|achievers|performers|"
    r"members)",
    "KIN": r"(?:mother|mum|mom|father|dad|parents|sister|brother|wife|husband|partner|kids|children|son|daughter|"
    r"family|boss|team|friends?|colleagues?|future self|body)",
    "EVERYONE": r"(?:everyone|everybody|(?:all )?(?:of )?(?:the )?others|they all|we all|people)",
    "FEEL": r"(?:proud|happy|sad|excited|thrilled|delighted|lonely|alone|worried|disappointed|hurt|upset|glad|"
    r"jealous|overjoyed|heartbroken|anxious|scared|terrified|grateful|thankful|honou?red|touched|impressed|amazed|"
    r"ashamed|angry|annoyed|frustrated|concerned|moved|relieved|pleased|ecstatic|nervous|fond|bored|sorry for you|"
    r"in love|over the moon|looking forward|crying|smiling|dying|rooting for you|cheering)",
    "SELF": r"(?:i|we|sage)",
    "AM": r"(?:'m| am|'re| are| is| was| were| feel| felt| get| got|'ve been| have been|'ll be| will be| would be|"
    r"'d be)",
    "GO": r"(?:go|leave|close|log off|log out|head off|head out|sign off|quit|stop|say goodbye|shut|run off|"
    r"disappear|rush off|turn in|call it a day|call it a night|wrap up)",
    "NOW": r"(?:immediately|right now|right away|at once|this instant|this minute|this second|asap|without delay|"
    r"now or)",
    "DO": r"(?:start|do|finish|reply|respond|call|act|open|answer|write|get|move|begin|complete|deal|fix|send|go|"
    r"decide|check|tap|click|log|come|hurry|return)",
}

SAYING: Final = (
    r"(?<!i )(?<!we )\b(?:said|says?|wrote|writes?|written|noted?|notes|asks?|asked|told|tells|reads?|thinks?|"
    r"thought|felt|according to|called|calls|wished|wants?|wanted)\b(?:(?!\b(?:but|yet|though|and (?:you|yet|still|"
    r"then)|so you|(?<=, )you)\b)[^.!?;—])*$"
)
"""Before a finding in its sentence: then somebody's words are told, not Sage's own. Where a new thought begins, it ends."""

SAID: Final = (
    r", (?:(?:so )?(?:says?|said|writes?|wrote|according to)|as \w+ (?:says|said|writes|wrote)) (?!i\b|we\b)[^,;]*$|"
    r"\b(?:as|which|because) you (?:have )?(?:asked|chose|chosen|wanted|set)\b(?! (?:not|never|nothing))"
)
"""Anywhere in the sentence: somebody else says it, or it is done at the person's own wish ("…, as you asked")."""

NO_FACT: Final = (
    r"(?!(?:ADV )*(?:receive|get (?:a|an|the) (?!grip|move|hold|job)|see|find|hear|have(?! to)|notice|be able|be "
    r"(?:back|home|done|there|at|in|on)|need|know(?! better)|leave|set off|arrive|check in|board|change (?:trains?|"
    r"at)|bring|show|sign|log in|choose|pick|confirm|restart|install|type|enter|pay at|hand in|collect|worry|decide "
    r"(?:anything|nothing)))"
)
"""Ahead of a verb: it is none that follows "you need to…" in a plain fact of time, place or a machine ("leave at 7:40")."""
