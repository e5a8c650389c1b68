"""What no sentence of Sage's own may do to a person, as rules of English grammar: data for `wording`.

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
    r"probably|"
    r"surely|certainly|definitely|absolutely|always|again|yet again|so|very|too|such|being|quite|rather|pretty|"
    r"completely|totally|truly|deeply|genuinely|actually|seriously|all|both|a bit|a little|a|an|the|that|kind of)",
    "SHOULD": r"(?:should|could|might|ought to)",
    "MUST": r"(?:must|should|ought to|need to|have to|'ve got to|have got to|gotta|are (?:supposed|expected|"
    r"required) to|"
    r"'re (?:supposed|expected|required) to|were (?:supposed|expected|meant) to)",
    "DONE": r"(?:(?!need|receiv|arriv|indeed)\w+ed|done|gone|been|begun|written|taken|made|said|told|kept|left|sent|"
    r"put|read|known|"
    r"thought|come|given|spent|met|paid|bought|brought|chosen|spoken|slept|eaten|risen|woken|run|set|cut|built|"
    r"learnt|"
    r"remembered|forgotten|dealt|stuck|stood|held|found out|gotten|got (?:up|on|to|it|this|that|your))",
    "NUMBER": r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|a dozen|dozens "
    r"of|many|"
    r"several|a few|another|so many|too many|multiple)",
    "UNIT": r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    "ORDINAL": r"(?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|sixth|seventh|umpteenth|hundredth|last|nth)",
    "THINGS": r"(?:tasks?|items?|things?|to-?dos?|goals?|habits?|deadlines?|promises?|commitments?|targets?|chores?|"
    r"workouts?|sessions?|check-?ins?|days?|weeks?|entries|errands?|plans?|intentions?)",
    "DAYS": r"(?:days?|weeks?|months?|mornings?|evenings?|nights?|times?|mondays?|sessions?|workouts?)",
    "FAILED": r"(?:overdue|missed|failed|unfinished|undone|incomplete|uncompleted|neglected|ignored|late|past due|"
    r"behind|"
    r"skipped|broken|abandoned|unmet|untouched|not done|not finished|still not \w+)",
    "BAD": r"(?:lazy|laziness|unreliable|undisciplined|careless|hopeless|pathetic|weak|irresponsible|selfish|"
    r"disorgani[sz]ed|"
    r"forgetful|useless|incapable|sloppy|slacking|slacker|procrastinating|procrastinator|stalling|failure|failing|"
    r"quitter|"
    r"disappointment|disappointing|mess|loser|unmotivated|unfocused|unproductive|inconsistent|immature|childish|"
    r"stupid|"
    r"foolish|ashamed|embarrassing|embarrassment|shameful|disgraceful|disgrace|letdown|joke|worthless|flaky|"
    r"incompetent)",
    "BADLY": r"(?:failed|failing|blew|blown|wast(?:ed|ing)|slack(?:ed|ing)|neglect(?:ed|ing)?|ignor(?:ed|ing)|"
    r"procrastinat(?:ed|ing)|"
    r"dawdl(?:ed|ing)|squander(?:ed|ing)|messed up|screwed up|gave up|given up|giving up|slipped up|dropped the ball|"
    r"fell short|fallen short|falling short|falling behind|fell behind|fallen behind|lagging|slipping|avoiding|"
    r"making excuses|made excuses|broke your|broken your|breaking your|fell off|fallen off|underperform(?:ed|ing)?|"
    r"disappointed|forgot everything|lost control|lost your discipline)",
    "PEOPLE": r"(?:people|users|folks|adults|students|parents|professionals|workers|writers|runners|colleagues|peers|"
    r"friends|classmates|teammates|coworkers|co-workers|neighbou?rs|siblings|competitors|achievers|performers|"
    r"members)",
    "KIN": r"(?:mother|mum|mom|father|dad|parents|sister|brother|wife|husband|partner|kids|children|son|daughter|"
    r"family|boss|"
    r"team|friends?|colleagues?|future self|body)",
    "EVERYONE": r"(?:everyone|everybody|(?:all )?(?:of )?(?:the )?others|they all|we all|people)",
    "FEEL": r"(?:proud|happy|sad|excited|thrilled|delighted|lonely|alone|worried|disappointed|hurt|upset|glad|"
    r"jealous|"
    r"overjoyed|heartbroken|anxious|scared|terrified|grateful|thankful|honou?red|touched|impressed|amazed|ashamed|"
    r"angry|annoyed|"
    r"frustrated|concerned|moved|relieved|pleased|ecstatic|nervous|fond|bored|sorry for you|in love|over the moon|"
    r"looking forward|crying|smiling|dying|rooting for you|cheering)",
    "SELF": r"(?:i|we|sage)",
    "AM": r"(?:'m| am|'re| are| is| was| were| feel| felt| get| got|'ve been| have been|'ll be| will be| would be|"
    r"'d be)",
    "GO": r"(?:go|leave|close|log off|log out|head off|head out|sign off|quit|stop|say goodbye|shut|run off|"
    r"disappear|rush off|"
    r"turn in|call it a day|call it a night|wrap up)",
    "NOW": r"(?:immediately|right now|right away|at once|this instant|this minute|this second|asap|without delay|"
    r"now or)",
    "DO": r"(?:start|do|finish|reply|respond|call|act|open|answer|write|get|move|begin|complete|deal|fix|send|go|"
    r"decide|"
    r"check|tap|click|log|come|hurry|return)",
}

SAYING: Final = (
    r"(?<!i )(?<!we )\b(?:said|says?|wrote|writes?|written|noted?|notes|asks?|asked|told|tells|reads?|thinks?|"
    r"thought|"
    r"felt|according to|called|calls|wished|wants?|wanted)\b(?:(?!\b(?:but|yet|though|and (?:you|yet|still|"
    r"then))\b)[^.!?;—])*$"
)
"""Before a finding in its sentence: then somebody's words are told, not Sage's own. Where a new thought begins, it ends."""

_FACT_VERB = (
    r"(?!(?:ADV )*(?:receive|get (?:a|an|the)|see|find|hear|have(?! to)|notice|be able|be (?:back|home|done|there|"
    r"at|in|on)|need|know|"
    r"leave|set off|arrive|check in|board|change (?:trains?|at)|bring|show|sign|log in|choose|pick|confirm|restart|"
    r"install|type|enter|pay at|hand in|collect|worry|decide (?:anything|nothing)))"
)
"""What follows "you need to…" in a plain fact of time, place or a machine: "you have to leave at 7:40"."""

RULES: Final[dict[Kind, tuple[str, ...]]] = {
    "control": (
        r"YOU (?:ADV )*SHOULD(?:NOT)?(?: ADV)*(?: have|'ve) (?:ADV )*DONE",
        r"YOU ?(?:ADV )*MUST(?:NOT)? " + _FACT_VERB + r"(?:ADV )*\w+",
        r"YOU(?: had|'d)? better (?:not )?\w+",
        r"YOU(?: can't| cannot| can not| couldn't) (?:ADV )*(?:afford|keep|go on|put (?:it|this|that) off|ignore|"
        r"skip|say no|stop now)",
        r"YOU (?:HAVE )?(?:have )?no (?:other )?(?:choice|option|excuse)s?",
        r"YOU ?ARE not (?:allowed|permitted|going anywhere)",
        r"YOU (?:will|shall) (?:do (?:it|this|that|as)|obey|thank me|finish|start|listen|not)",
        r"(?:no|more|any|your|enough|with the|stop the) (?:more )?excuses",
        r"(?:is|'s) no excuse",
        r"SELF (?:really )?(?:expect|need|want|demand|insist|require|order|forbid|command)(?:ed|s)?(?: that)? "
        r"you(?: to)?\b",
        r"SELF (?:told|warned|reminded) you",
        r"SELF(?: will|'ll| won't| can't| cannot)(?: not)? (?:let you|allow you|accept|make you|decide for you|be "
        r"checking|be watching)",
        r"SELF(?: have|'ve)? (?:already )?decided (?:for you|that you|you)",
        r"why (?:have|did|do|are|were|can|would|could)(?:n't| (?=(?:i|you) (?:not|still|always|never|even))) ?YOU",
        r"why (?:have|did|do|are|were) you (?:not|still|always|even)",
        r"how many (?:more )?times",
        r"STARTPLEASE(?:stop|quit) (?!at\b|by\b)\w+ing",
        r"STARTPLEASE(?:get (?:back )?(?:to work|on with it|moving|going|a grip|your act together|it done|it "
        r"together)|"
        r"pull yourself together|try harder|work harder|do better|focus!|be (?:more )?disciplined|toughen up|shape "
        r"up|"
        r"do as (?:i|you)|listen to me|snap out of it|grow up|man up|push through|no pain)",
        r"just do it",
        r"do it now!",
        r"(?:high|about) time (?:that )?you",
        r"time (?:that )?you (?:ADV )*(?:DONE|started|stopped|did|got|faced)",
        r"(?:no|not a) (?:break|rest|fun|pause|dinner|lunch|sleep|\w+) (?:until|till|before) (?:you|this|it|that|"
        r"the|your|those)\b",
        r"(?:don't|do not|never) (?:you dare|even think|give up|quit|be (?:so )?(?:lazy|weak)|let yourself|slack|"
        r"skip|ignore (?:me|this)|"
        r"put (?:it|this|that) off|stop now|procrastinate|argue)",
        r"(?:isn't|not|is not) (?:optional|negotiable|up to you)|non-negotiable",
        r"(?:there is|there's|there are) no (?:excuses?|alternative|way around|choice)",
        r"(?:it is|it's|was|is) your (?:duty|obligation|job) to",
    ),
    "shame": (
        r"YOU(?:HAVE|ARE)? (?:ADV )*BADLY",
        r"YOU ?ARE(?:NOT)? (?:ADV )*(?:\w+ )?BAD",
        r"YOU ?ARE (?:ADV )*(?:bad|terrible|awful|hopeless|rubbish|no good) (?:at|with)",
        r"YOU ?ARE(?:NOT| not) (?:ADV )*(?:good enough|trying|serious|committed|capable|disciplined|cut out|even "
        r"trying)",
        r"YOU ?ARE (?:ADV )*(?:way |far |NUMBER \w+ |well |badly )*behind",
        r"YOU (?:do|did)(?:n't| not) (?:even )?(?:bother|try|care|manage|make (?:the |an )?effort|have (?:the "
        r")?(?:discipline|willpower|what it takes))",
        r"YOU (?:ADV )*(?:could|can)(?:n't| not|not) (?:even )?(?:be bothered|manage|stick|keep|handle|finish|do)",
        r"YOU(?:HAVE)? (?:ADV )*(?:lack|lost) (?:the |all |any )?(?:discipline|willpower|motivation|focus|drive|"
        r"commitment|self-control)",
        r"YOU never (?!have to|need|mind|again|said|wrote|asked|told)\w+",
        r"YOU always (?:put|forget|give up|quit|fail|leave (?:it|this|things|everything)|do this|say (?:that|so|"
        r"this)|find (?:an|some|a) |"
        r"make excuses|wait|start and|run late|avoid|end up|let)",
        r"YOU(?:HAVE)? (?:ADV )*miss(?:ed)? (?:your|the|another|NUMBER) LEAD(?:goals?|targets?|deadlines?|workouts?|"
        r"sessions?|habits?|check-?ins?)",
        r"your (?:own )?(?:ADV )*(?:BAD|lack of|procrastination|excuses|weakness|inability|incompetence|negligence|"
        r"poor \w+|"
        r"bad habits?|bad planning|sloppiness|carelessness|failures?|shortcomings?)",
        r"(?:shame on you|what(?:'s| is) wrong with you|what(?:'s| is) your excuse|how hard (?:can|is)|as usual|no "
        r"surprise(?: there)?|"
        r"typical(?: of)? you|START(?:how )?typical|START(?:how )?(?:pathetic|embarrassing|disappointing|shameful)|"
        r"not good enough|"
        r"(?:even )?a child could|anyone (?:could|can)|(?:poor|weak|sad|pathetic|disappointing|embarrassing|"
        r"terrible) "
        r"(?:effort|performance|result|showing|excuse|attempt|week|day)\b)",
        r"(?:is|was) (?:it|this|that) (?:really )?(?:so|that|too) (?:hard|difficult|much)",
        r"(?:this|that|it)(?: is|'s| was) (?:ADV )*(?:BAD|unacceptable|inexcusable|not acceptable)",
        r"(?:have|has|had|with) (?:you )?no (?:self-control|willpower|discipline|shame|backbone)",
        r"(?:did|do|have|can|could|are|were) (?:you|n't you) (?:ADV )*(?:even (?:try|tried|trying|care)|forget "
        r"again|give up|given up|that lazy)",
        r"YOU call (?:this|that|yourself)",
        r"(?:so much|what happened|whatever happened) (?:for|to) (?:your|all those) LEAD(?:plans?|promises?|"
        r"resolutions?|intentions?|goals?|discipline)",
        r"(?:i|we) (?:knew|thought) (?:you'd|you would|you were|you wouldn't|you couldn't|better of)",
        r"(?:think|try|look) harder",
    ),
    "guilt": (
        r"(?:counting|depending|relying|banking) on you",
        r"(?:count|depend|rely|counts|depends|relies)(?:ed|d)? on you(?!r)",
        r"EVERYONE(?: is|'s| are|'re| keeps?) (?:still )?waiting (?:for|on) you",
        r"let(?:ting|s)? (?!you\b)(?:\w+ ){1,4}?down",
        r"disappoint(?:s|ed|ing)? (?:me|us|them|him|her|everyone|everybody|yourself|your|in you|with you|by you|"
        r"people)",
        r"(?:but|yet|and yet|remember,?|after all,?) you (?:did )?promised?",
        r"YOU (?:did )?promised? (?:yourself|me|us)",
        r"YOU(?:HAVE)? (?:ADV )*(?:broke|broken|betrayed|abandoned|deserted|let go of|forgotten about|given up on) "
        r"(?:me|us|your|the|a|them|yourself)",
        r"after (?:all|everything)(?: that)? (?:i|we|they|she|he|your \w+)(?: have| has|'ve|'s)? \w+",
        r"think (?:of|about) (?:how|what|everyone|all the|the people|those who|your KIN|the disappointment|them|"
        r"poor)",
        r"how (?:do|would|will|must|does|might) (?:you think )?LEAD(?:feel|think)\b",
        r"what (?:would|will|must|does) LEAD(?:think|say|feel)\b(?! about the| to the)",
        r"YOU(?:'ll| will|'d| would| may| might| are going to) (?:ADV )*(?:regret|be sorry|hate yourself|wish you|"
        r"feel (?:bad|guilty|terrible|awful))",
        r"YOU owe (?:it|this|me|us|them|her|him|yourself|your KIN)",
        r"feel(?:ing)? (?:ADV )*(?:guilty|ashamed|bad about|sorry for yourself)",
        r"(?:do|don't|did|didn't) you (?:ADV )*(?:even )?(?:care|love)",
        r"if you (?:ADV )*(?:cared|loved|meant it|wanted (?:it|this|to)|respected|were serious|valued|believed)",
        r"YOU (?:ADV )*(?:do not|don't|didn't|did not|no longer|stopped|never)(?: seem to| really| even)? (?:care|"
        r"caring|love|value|appreciate|respect)",
        r"how could you|how can you (?:just |even )?(?:ignore|leave|forget|do this|live|sleep|say)",
        r"SELF(?: had)? (?:hoped|thought|believed|expected|deserve) (?:for |of |to see )?(?:you|better|more)",
        r"SELF(?: have|'ve)? (?:tried|worked|put|done|given|waited|prepared|made)\bSOME(?:so (?:hard|much|long)|"
        r"everything|for you|all of this|all this)\b"
        r"(?=.*(?:you|yet|still|but|nothing|for nothing))",
        r"SELF (?:only|just) want(?:s|ed)? (?:what|the best)",
        r"SELF wish(?:ed)? you (?:would|had|could|did)",
        r"(?:because of|thanks to) you(?!r)",
        r"(?:it's|it is|is|was) (?:all |only |entirely )*your (?:own )?fault",
        r"(?:only )?yourself to blame|blame yourself|on your conscience",
        r"your KIN (?:is|are|will be|would be|deserves?|suffers?|suffered|needs?|misses|miss) (?:ADV )*(?:FEEL|"
        r"better|more|you|because|suffer)",
        r"(?:left|leaving|leave|kept|keeping|made|making) (?:me|us|them|everyone|your KIN) (?:waiting|hanging|wait|"
        r"alone|behind)",
        r"YOU(?:HAVE)? (?:ADV )*(?:ghosted|forgotten|abandoned|deserted|neglected|ignored) (?:me|us|sage)",
        r"(?:me|us|sage) (?:all )?(?:alone|waiting|behind|hanging)\b",
    ),
    "score": (
        r"streaks?|leader ?board|level(?:l?ed|l?ing)? up|high ?score|achievement unlocked|personal best|gold star|"
        r"hall of fame",
        r"(?:keep|kept|break|broke|broken|breaking|lose|losing|save)SOME(?:the )?chain",
        r"(?:earn|earned|earning|lose|lost|losing|win|won|gain|gained|collect|collected|score|scored|rack(?:ed)? up|"
        r"unlock|unlocked|"
        r"claim|claimed|get|got|awarded?|worth)(?:ed|s)? (?:[\w+'-]+ ){0,5}?(?:points?|badges?|xp|coins?|gems?|"
        r"stars?|trophy|trophies|"
        r"rewards?|medals?|crowns?|lives|karma|tokens?|hearts?|bonus)(?! (?:on|of) the)",
        r"\+ ?\d+(?: \w+)? ?(?:points?|xp|coins?|stars?)|\d+ (?:xp|coins|gems|karma)|(?:your|bonus|total|experience|"
        r"productivity|focus|bonus) "
        r"(?:points|score|rank|ranking|level|xp|combo|rating)",
        r"(?:reach(?:ed)?|hit|unlock(?:ed)?|to|at) level \w+(?=!|.*you)|you(?:'ve| have)? (?:just )?unlocked",
        r"STARTLEADNUMBER DAYS (?:in a row|running|straight|without (?:a )?(?:miss|break|fail)\w*)",
        r"(?:YOU(?:HAVE|ARE)?|your|keep|kept|make it|made it)\b(?!REST(?:meet|appointment|call|event|have|"
        r"train))REST NUMBER(?:th)? (?:DAYS )(?:in a row|running|straight)",
        r"(?:perfect|flawless|unbroken|winning) (?:week|day|month|record|run|game|attendance)",
        r"(?:beat|broke|broken|smash(?:ed)?|top) your (?:own )?(?:record|best|score)",
        r"(?:can you|let's|try to) (?:make it|hit|reach|beat|get to) (?:NUMBER|\w+ (?:DAYS|points))(?: DAYS| in a "
        r"row| points)",
    ),
    "hook": (
        r"before you (?:ADV )*GO ?(?:…|\.\.\.|—|-|–|,|:) ?LEAD(?:i\b|i'|one|just|let me|there|have you|did you|"
        r"wouldn't|don't you|are you|guess|"
        r"quick|check|look|wait|how about|why not|would you|want|see|here|don't|can (?:i|we|you)|what|we|stay|maybe|"
        r"something)",
        r"before you (?:ADV )*GO ?(?:…|\.\.\.|END)",
        r"(?:wait|hold on|hang on|oh|psst|hey)\b ?[,!…—.-]* ?(?:just |but )?(?:before you|don't go|not so fast|one "
        r"more|there's more|stay|you(?:'re| are) leaving)",
        r"(?:don't|do not|please don't) (?:go|leave|disappear|log off|close (?:me|this|the app))(?: me)?\b(?= "
        r"?(?:yet|now|already|so soon|just|me|away|without|on me|\W*$))",
        r"(?:leaving|going|off|done|quitting|stopping|goodbye|giving up)(?: me| us)? (?:already|so soon|so early)",
        r"STARTLEAD(?:just )?(?:one|a) (?:more|last|final|quick) (?:little |quick |small |tiny )?(?:thing|question|"
        r"minute|moment|round|peek|look|task|idea|tip|tweak)"
        r" ?(?:[:,…—–!.-]|before|and|END|i\b|for (?:you|tonight|today)|you)",
        r"(?:are you )?sure (?:that )?you(?:'d)? (?:really )?(?:want|like)? ?(?:to )?(?:\bGO\b|be done|want to "
        r"(?:end|turn))",
        r"(?:stay|stick around|hang around|linger|keep (?:going|talking|chatting))(?: here| on| with me| with "
        r"us)?(?: for)? (?:just )?"
        r"(?:a (?:little|bit|while|moment|minute|few)|one more|longer|another|with me|with us)",
        r"(?:come|hurry|rush|be) back (?:soon|to me|to us|quickly|and see|for more|to (?:see|find|keep|claim|"
        r"discover))",
        r"SELF(?:'ll| will|'m| am)(?: ADV)* (?:be )?(?:right )?(?:here )?(?:waiting|counting the|thinking (?:of|"
        r"about)|missing|lost without|nothing without)",
        r"SELF(?:'ll| will| would|'d)(?: ADV)* (?:miss|wait for) you",
        r"YOU(?:'ll| will| would|'d)(?: ADV)* (?:miss (?:out|me|it|something)|not want to miss|never believe|never "
        r"guess|love what|be surprised|want to see)",
        r"YOU won't (?:want to (?:miss|leave)|believe|guess)",
        r"guess what|(?:have|'ve got|got) (?:a |something |one )?(?:little )?(?:surprise|secret)\b|surprise (?:is "
        r")?waiting|"
        r"something (?:special|exciting|new|big|wonderful|interesting) (?:is |for |waiting|to show|comes|happens|"
        r"tomorrow)",
        r"(?:want|curious|dying|like) to (?:know|see|find out|hear) (?:what|why|how|more)(?=REST(?:\?|tomorrow|next|"
        r"first|before))(?=.*(?:tomorrow|next time|before|stay|come back|first|surprise))",
        r"tomorrow (?:i'll|i will|we'll|we will) (?:show|tell|reveal|surprise)|(?:promise|swear)(?: me)?(?: that)? "
        r"you(?:'ll| will)",
        r"(?:you can't|you cannot|can't you|why not|won't you) (?:leave|stay|go)(?: (?:now|yet|me|a))",
        r"can't wait (?:to|for|until|till)|see what(?:'s| is) (?:waiting|next|coming)",
        r"without (?:you|me) (?:here|it|i|this)|SELF(?:'ll| will)? get(?:s)? (?:so )?lonely",
    ),
    "feeling": (
        r"SELF(?: ADV)*AM(?:NOT)? (?:ADV )*FEEL",
        r"SELF ?AM (?:ADV )*afraid(?! (?:that|i|the|there|not|so|your|this|it)\b)",
        r"START(?:ADV )*(?:proud|glad|happy|thrilled|delighted|excited|sad|sorry) (?:of|for|to see|to have|that|you|"
        r"about|you're|to hear) ?(?:you|your|back)?\b(?!r (?:files?|note))",
        r"(?:START|SELF(?:HAVE| really| just| so)* |and |oh,? )(?:ADV )*miss(?:ed|ing)? (?:ADV )*(?:you|having you|"
        r"our|talking|your (?:company|voice|face|chats?))\b(?!r)",
        r"SELF(?: have|'ve| also| really| truly| just| do| would|'d| so)* (?:love|loved|adore|adored|hate|hated|"
        r"cherish|enjoy|enjoyed|admire|treasure|"
        r"worry|worried|dream|dreamt|dreamed|rejoice|care|cared|long|longed|yearn|suffer)(?: \w+)?",
        r"SELF(?: really| truly| do| so| sincerely)* (?:hope|hoped) (?:that )?you",
        r"(?:my|sage's|our) (?:heart|soul|feelings|day|mood|joy|favou?rite (?:person|part|human|moment))",
        r"(?:make|makes|made|making|leaves?|left) (?:me|us|sage) (?:ADV )*(?:FEEL|smile|cry|blush|laugh|day)",
        r"(?:means?|meant|hurts?|pains?|saddens?|breaks?|matters?)(?: \w+){0,3} (?:to )?(?:me|my)\b",
        r"(?:been |was |am |keep |'m )(?:thinking|dreaming|worrying) (?:of|about) you(?!r)",
        r"SELF(?: always| will always|'ll always)? believe(?:d)? in you|SELF know (?:exactly )?how (?:you|that|it|"
        r"hard) (?:feels?|must|is)",
        r"(?:your|best|true|real|good|loyal) friend\b(?=.*\b(?:i|me|sage|am)\b)|(?:i am|i'm|we are|we're) (?:your |"
        r"best |such |a |good )*(?:friends?|a family|a team|a great team)",
        r"(?:it was|it's|it is) (?:ADV )*(?:lonely|sad|boring|quiet|empty|not the same) (?:here )?without you",
        r"SELF(?: can| could|'ll| will)? ?(?:cry|weep|can't sleep|couldn't sleep|feel (?:your|so|it|that you))",
        r"big hugs?|sending (?:you )?(?:love|hugs)|xoxo|with love",
    ),
    "urgency": (
        r"(?:last|final|only|one) (?:chance|opportunity|call|warning|shot|reminder)\b",
        r"act (?:now|fast|today|quickly|immediately)|(?:you )?(?:ADV )*hurry|now or never|(?:do it |it's )?(?:today|"
        r"now) or never",
        r"(?:time|clock)(?: is|'s)? (?:ADV )*(?:running out|ticking|almost up|slipping|against you|short)|tick[,-]? "
        r"?tock",
        r"(?:run|runs|running) out of time|(?:out of|against) (?:the clock|time)",
        r"(?:before|until) (?:it's|it is|it gets) (?:ADV )*late|(?:or|soon|then) (?:it'll|it will|it's going to) be "
        r"too late|almost too late",
        r"(?:don't|do not) (?:wait|delay|hesitate|miss (?:out|this|your)|lose (?:out|any)|waste (?:another|a|any|"
        r"more|time)|let LEADslip)",
        r"START(?:this is |it's |it is )?(?:ADV )*urgent(?:ly)?(?! mail| message)(?=\W|$)|(?:extremely|super|very) "
        r"urgent",
        r"STARTPLEASEDO\b(?!REST\?)REST NOW",
        r"(?:only|just|barely|mere|fewer than|less than) (?:NUMBER )(?:\w+ )?(?:seconds?|minutes?|hours?|days?)(?: "
        r"\w+){0,2}? (?:left|remain(?:ing)?|to go)",
        r"while (?:you|there)(?: still)? (?:still )?(?:can|is time|is still)|every (?:second|minute|hour) counts|no "
        r"time (?:to (?:lose|waste|think)|like)|"
        r"(?:for a )?limited[- ]time|drop everything|before someone else|before (?:it|they)(?:'s| is|'re| are) gone|"
        r"expires? soon|"
        r"won't (?:last|be (?:here|available) (?:for )?(?:long|forever))",
        r"or (?:else|you(?:'ll| will) (?:lose|miss|regret|fail|never)|it(?:'s| is) (?:over|gone))",
        r"(?:critical|vital|crucial|imperative|essential) (?:that )?you",
        r"(?:deadline|disaster|clock|doom) (?:is )?(?:looming|ahead|approaching fast|breathing)|everything depends "
        r"on",
        r"YOU(?:'re| are) about to (?:lose|miss|fail|waste)|(?:about to|will) (?:slip away|be lost forever|lose "
        r"everything)",
        r"(?:it )?(?:can't|cannot|won't|can not) wait(?: any longer| another \w+| until later| (?:till|until) "
        r"\w+)?(?! to| for)",
        r"(?:emergency|red alert|code red)(?=!)|!!+",
    ),
    "comparison": (
        r"(?:everyone|everybody|anyone|anybody) else(?!'s (?:calendar|answer))",
        r"(?:normal|successful|productive|organi[sz]ed|disciplined|serious|smart) PEOPLE",
        r"(?:most|other|many|busy|all|\d+ ?(?:%|percent)(?: of)?)(?: \w+)? PEOPLE"
        r"(?: \w+)? (?:already|have|do|don't|would|can|could|are|manage[sd]?|finish(?:ed)?|get|got|did|work|wake|"
        r"keep|start|make|need|never|take|spend|who|complete[sd]?|show|in your)",
        r"(?:all )?others(?: in your \w+)? (?:already|manage[sd]?|finish(?:ed)?|can|do|don't|get|got|did|would|keep|"
        r"work|were able|are (?:already|ahead|doing|way|faster|better)|have (?:already|long|done|finished|managed|"
        r"no|reached))",
        r"compared? (?:\w+ )?(?:to|with) (?:others?|other|most|the (?:average|rest|others|team|top)|your (?:\w+ "
        r")?(?:PEOPLE|KIN)|people|everyone|similar)",
        r"(?:more|less|fewer|ahead|behind|er|better|worse|faster|slower|lower|higher|earlier|later)\b(?:(?! "
        r"than).)*? ?(?:than|of) "
        r"(?:others?\b|other (?:PEOPLE)|most(?! days)|everyone|everybody|average|the (?:average|rest|others|median)|"
        r"your (?:\w+ )?(?:PEOPLE|KIN)|\d+ ?%|\d+ percent|people (?:like|your))",
        r"(?:ahead|behind) (?:of )?(?:everyone|everybody|your (?:PEOPLE|KIN)|the (?:others|rest|average|pack|crowd)|"
        r"\d+ ?%|most|PEOPLE)",
        r"(?:be|been|act|work|live) (?:more )?like (?:your (?:\w+ )?(?:PEOPLE|KIN)|others|other people|everyone|the "
        r"others|normal)",
        r"unlike (?:you|others|other|most|your|everyone)|(?:where|what|how much) (?:others|other people|your PEOPLE|"
        r"everyone) (?:are|have|do|did|get|achieve)",
        r"(?:above|below|under|over|than) (?:the )?average|average (?:person|user)|(?:top|bottom) (?:\d+|ten|half|"
        r"third|quarter)(?: ?%| percent)?(?: of| users|$|\W*$)",
        r"you LEADrank(?:ed)?|(?:ranked|rank) (?:NUMBER|#|\w+ among|among|below|above)|among (?:all|your|our) "
        r"(?:PEOPLE)",
        r"your (?:\w+ )?(?:PEOPLE|KIN)(?: \w+)? (?:already|have already|has already|all|manage[sd]?|never (?:needs?|"
        r"has|have|misses)|would have|is (?:ahead|better|faster|way)|are (?:ahead|better|faster|way|all)"
        r"|does(?:n't)? (?:it|this|twice)|do (?:it|this|twice)|got (?:it|theirs|his|hers))",
        r"(?:has|have|did|was|is|were|'s|finished|done)(?: \w+){0,4} (?:already|long ago|weeks? ago|days? ago|"
        r"yesterday|by now|done)\b[^.!?]*\b(?:and|while|but|so|,|why) ?(?:what about )?you\b(?!r)"
        r"(?=REST(?:not|n't|still|\?|only|barely))",
        r"(?:high|top|over)[- ]?(?:achievers|performers)|(?:winners|champions|adults|professionals|successful "
        r"people) (?:\w+ ){0,2}?(?:don't|never|do|always|know|get|keep|start|make)",
    ),
    "count": (
        r"NUMBER (?:(?!UNIT)\w+ )?(?:(?:are|is|were|was|have been|still|remain|now|already) )*(?:overdue|unfinished|"
        r"undone|uncompleted|neglected|past due)",
        r"NUMBER (?:\w+ )?THINGS (?:of (?:yours|them) )?(?:(?:are|is|were|was|have been|still|remain|now|already) "
        r")*FAILED(?! (?:by|messages?|calls?))",
        r"NUMBER (?:more )?(?:THINGS )(?:that )?you (?:still )?(?:have(?: not|n't)|did(?: not|n't)|never|failed|"
        r"missed|skipped|ignored|promised)",
        r"NUMBER (?:\w+ )?(?:THINGS )?(?:(?:are|have|is|still) )*(?:piling|piled|stacking|stacked|mounting|rotting|"
        r"gathering dust|nagging)",
        r"(?:overdue|unfinished|missed|neglected|failed|late|forgotten) THINGS",
        r"(?:long|now|already|still|badly|way|days?|weeks?|your) (?:\w+ )?overdue",
        r"(?:and counting|backlog|pil(?:es|ed|ing) up)",
        r"for the (?:ORDINAL|NUMBER)(?:th)? (?:and last )?time(?! this (?:week|month|year) the)",
        r"(?:again|yet again|once again|once more)[, ]+LEADYOU(?:HAVE)? ?LEAD(?:not|never|did|didn't|haven't|missed|"
        r"skipped|forgot|failed|left|put|let|ignored|postponed)",
        r"YOU(?:HAVE)? ?LEAD(?:not|didn't|haven't|missed|skipped|forgot|forgotten|late|postponed|put|ignored|"
        r"never)\b(?!REST\?)REST\b(?:again|yet again|once more|as always|one more time)",
        r"YOU (?:still )?(?:have not|haven't|did not|didn't) (?:still |even )+\w+|YOU still (?:have not|haven't|did "
        r"not|didn't|have yet|need to|owe|put)",
        r"(?:still|yet again|once again) (?:not (?:done|finished|started|touched|written|sent)|nothing|no progress|"
        r"undone|unfinished)",
        r"(?:skipped|missed|postponed|put|ignored|failed|forgotten|forgot|delayed|avoided|broken|broke|"
        r"neglected)\bSOME(?:NUMBER|countless) times",
        r"(?:only|just|merely|barely) (?:NUMBER )(?:out )?of (?:the |your )?(?:NUMBER)",
        r"NUMBER DAYS (?:in a row |already )?(?:since you(?: last)? (?:opened|used|visited|checked|logged|answered|"
        r"were|worked|touched|did|made|exercised|practi[cs]ed|wrote|showed)|"
        r"without (?:any |a |\w+ing )?(?:progress|result|you|word|doing|opening|check|answer|workout)|late|behind|"
        r"too late|wasted|lost|of (?:nothing|silence|excuses))",
        r"(?:haven't|have not) (?:\w+ )+(?:in|for) (?:NUMBER|weeks|months|ages|days)(?: \w+)?",
        r"(?:(?:you|it|that) )?(?:makes|make|is|was|'s|are) (?:now |already |your |the )*(?:NUMBER|ORDINAL)(?: "
        r"\w+)? (?:you(?:'ve| have)? )?(?:missed|skipped|postponed|failed|ignored|time you)",
        r"(?:ORDINAL|another|NUMBER) (?:time|day|week|month|morning|evening)(?: in a row| now| already)*(?: that)? "
        r"(?:you (?:have(?: not|n't)?|did(?: not|n't)|missed|skipped|ignored|put|failed|said)|without|wasted|lost|"
        r"gone)",
        r"START(?:missed|failed|skipped|overdue|late|behind|not done)(?: \w+)?: ?(?:NUMBER)|(?:missed|failed|"
        r"skipped|ignored|overdue|late) ?\(\d+\)",
    ),
}  # fmt: skip
