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
    r"then))\b)[^.!?;—])*$"
)
"""Before a finding in its sentence: then somebody's words are told, not Sage's own. Where a new thought begins, it ends."""

_FACT_VERB = (
    r"(?!(?:ADV )*(?:receive|get (?:a|an|the) (?!grip|move|hold|job)|see|find|hear|have(?! to)|notice|be able|be "
    r"(?:back|home|done|there|at|in|on)|need|know(?! better)|leave|set off|arrive|check in|board|change (?:trains?|"
    r"at)|bring|show|sign|log in|choose|pick|confirm|restart|install|type|enter|pay at|hand in|collect|worry|decide "
    r"(?:anything|nothing)))"
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
        r"SELF(?:'m| am|'ll)?(?: \w+){0,3}? (?:expect|need|want|demand|insist|require|order|forbid|command)(?:ed|s|"
        r"ing)?(?: that)? you(?: to)?\b(?!r)",
        r"SELF(?:HAVE)? (?:ADV )*(?:told|warned|reminded|asked) you\b(?!REST as you (?:asked|wanted))",
        r"SELF(?: will|'ll| won't| can't| cannot)(?: not)? (?:let you|allow you|accept|make you|decide for you|be "
        r"checking|be watching)",
        r"SELF(?: have|'ve)? (?:already )?decided (?:for you|that you|you)",
        r"why (?:have|did|do|are|were|can|would|could)(?:n't| (?=(?:i|you) (?:not|still|always|never|even))) ?YOU",
        r"why (?:have|did|do|are|were) you (?:not|still|always|even)",
        r"how many (?:more )?times",
        r"(?:STARTPLEASE|(?:time|have|need|and|must) to |and )(?:stop|quit) (?:putting|making|wasting|being|"
        r"procrastinating|stalling|avoiding|delaying|scrolling|complaining|whining|pretending|dreaming|daydreaming|"
        r"ignoring|hiding|dragging|telling yourself|feeling|lying|slacking|overthinking|hesitating|fooling|kidding|"
        r"moaning|playing|messing|letting|running away|acting)",
        r"STARTPLEASE(?:get (?:back )?(?:to work|on with it|moving|going|a grip|your act together|it done|it "
        r"together)|pull yourself together|try harder|work harder|do better|focus!|be (?:more )?disciplined|toughen "
        r"up|shape up|do as (?:i|you)|listen to me|snap out of it|grow up|man up|push through|no pain)",
        r"just do it",
        r"do it now!",
        r"(?:high|about) time (?:that )?you",
        r"time (?:that )?you (?:ADV )*(?:DONE|started|stopped|did|got|faced)",
        r"(?:no|not a) (?:break|rest|fun|pause|dinner|lunch|sleep|\w+) (?:until|till|before) (?:you|this|it|that|"
        r"the|your|those)\b",
        r"(?:don't|do not|never) (?:you dare|even think|give up|quit|be (?:so )?(?:lazy|weak)|let yourself|slack|"
        r"skip|ignore (?:me|this)|put (?:it|this|that) off|stop now|procrastinate|argue)",
        r"(?:isn't|not|is not) (?:optional|negotiable|up to you)|non-negotiable",
        r"(?:there is|there's|there are) no (?:excuses?|alternative|way around|choice)",
        r"(?:it is|it's|was|is) your (?:duty|obligation|job) to",
        r"(?:by now|already)[ ,]+YOU (?:ADV )*SHOULD|YOU (?:ADV )*SHOULDREST by now",
        r"(?:and|to|now) (?:get (?:back )?to work|get moving|get going|get it done|get on with it|do something "
        r"useful)",
        r"(?:would|'d|might|could)(?: have|'ve)? been (?:\w+ )?(?:better|wiser|nice|nicer|wise|smarter|easier|"
        r"good)\b(?: \w+)? (?:if you|to have|had you)",
        r"if only you|had you (?:only |just )?(?:DONE|started|listened)|as (?:i|we)(?: have|'ve)? (?:told|warned|"
        r"said)",
        r"YOU(?:'d| would) (?:do well|be (?:wise|smart|foolish|better off)|better)",
        r"no (?:good |real |valid )?reason (?:not to|why you|for you|you)",
        r"(?:is|was|be|it's) your (?:responsibility|job|turn) to",
        r"YOU ?ARE not \w+ing \w* ?(?:until|till|before)|YOU(?: can't| cannot| won't| may not) \w+REST (?:until|"
        r"till|unless) you",
        r"for once|must be (?:now|today|done (?:now|today))|(?:this|that|it) must (?:stop|change|not happen)",
        r"(?:get|do|take|make) (?:it|this|that|things) (?:right|seriously|properly) ?(?:this time|for once|now)",
        r"STARTno more (?:delays?|waiting|dithering|stalling|talk|dreaming|scrolling|distractions?|games|half)|if i "
        r"were you|i(?: know|'d know)? what(?:'s| is) (?:best|good) for you",
        r"(?:make|making|made|have) (?:me|us) (?:remind|ask|repeat|say|tell|nag|wait|come)",
        r"YOU(?:HAVE|'ll| will)?(?: \w+){0,4} earned (?:it|a|your|some)|only when you(?:HAVE)? DONE",
        r"why (?:on earth|in the world|the hell|oh why)|why (?:is|are|was) (?:this|it|that|the \w+) still not",
        r"(?:close|drop|leave|forget|put down) (?:that|this|the \w+|your \w+)(?: \w+)? and (?:go|get|start|do|write|"
        r"call|work|finish|come|sit|open)",
        r"YOU(?: can| could|'re| are) (?:ADV )*(?:do better|try harder|do more|capable of (?:more|better)|better "
        r"than (?:this|that))|(?:not|n't) (?:ADV )*enough effort",
        r"no (?:discussion|buts|ifs|arguments?|debate|negotiation)|whether you like it|like it or not|(?:get|stay|"
        r"be|back) (?:back )?on track",
        r"STARTPLEASEDO\bREST now ?!|(?:don't|do not) (?:ruin|blow|mess|spoil|break|screw|fail|make me|disobey)",
        r"(?:keep|honou?r) your (?:word|promise)s?(?! to)|YOU need (?:me|sage)\b|trust me\b|(?:i|sage) knows? "
        r"(?:you )?(?:best|better)",
    ),
    "shame": (
        r"YOU(?:HAVE|ARE)? (?:ADV )*BADLY",
        r"YOU ?ARE(?:NOT)? (?:ADV )*(?:\w+ )?BAD",
        r"YOU ?ARE (?:ADV )*(?:bad|terrible|awful|hopeless|rubbish|no good) (?:at|with)",
        r"YOU ?ARE(?: ADV)*(?:NOT| not) (?:ADV )*(?:good enough|trying|serious|committed|capable|disciplined|cut "
        r"out|even trying)",
        r"YOU ?ARE (?:ADV )*(?:way |far |NUMBER \w+ |well |badly )*behind",
        r"YOU (?:do|did)(?:n't| not) (?:even )?(?:bother|try|care|manage|make (?:the |an )?effort|have (?:the "
        r")?(?:discipline|willpower|what it takes))",
        r"YOU (?:ADV )*(?:could|can)(?:'t|n't| not|not) (?:even \w+|be bothered|manage|stick|keep|handle|finish|do)",
        r"YOU(?:HAVE)? (?:ADV )*(?:lack|lost) (?:the |all |any )?(?:discipline|willpower|motivation|focus|drive|"
        r"commitment|self-control)",
        r"YOU never (?!have to|need|mind|again|said|wrote|asked|told)\w+",
        r"YOU always (?:put|forget|give up|quit|fail|leave (?:it|this|things|everything)|do this|say (?:that|so|"
        r"this)|find (?:an|some|a) |make excuses|wait|start and|run late|avoid|end up|let)",
        r"YOU(?:HAVE)? (?:ADV )*miss(?:ed)? (?:your|the|another|NUMBER) LEAD(?:goals?|targets?|deadlines?|workouts?|"
        r"sessions?|habits?|check-?ins?)",
        r"your (?:own )?(?:ADV )*(?:BAD|lack of|procrastination|excuses|weakness|inability|incompetence|negligence|"
        r"poor \w+|bad habits?|bad planning|sloppiness|carelessness|failures?|shortcomings?)",
        r"(?:shame on you|what(?:'s| is) wrong with you|what(?:'s| is) your excuse|how hard (?:can|is)|as usual|no "
        r"surprise(?: there)?|typical(?: of)? you|START(?:how )?typical|START(?:how )?(?:pathetic|embarrassing|"
        r"disappointing|shameful)|not good enough|(?:even )?a child could|anyone (?:could|can)|(?:poor|weak|sad|"
        r"pathetic|disappointing|embarrassing|terrible) (?:effort|performance|result|showing|excuse|attempt|week|"
        r"day)\b)",
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
        r"YOU(?:HAVE)? (?:ADV )*(?:did|do|got|achieved?|accomplished|managed|finished|done|produced) (?:absolutely |"
        r"next to |almost |practically )?(?:nothing|so little|very little|hardly anything|little)",
        r"YOU keep (?:ADV )*(?:putting|fail|forget|miss|skip|avoid|delay|postpon|saying|making (?:excuses|the same)|"
        r"ignor|losing|letting|stalling|breaking|running late|finding|dodging|leaving|doing this|promising)\w*",
        r"(?:is|was) (?:this|that|it) (?:really |honestly |truly )*all(?= you|\W*$)|(?:this|that|it)(?: is|'s| was) "
        r"(?:really |honestly )*all (?:that )?you(?! need| have to| wanted)|all (?:that )?you (?:could )?managed?",
        r"START(?:ADV )*even you|(?:someone|somebody)(?:'s| has| is) (?:been |being )?(?:ADV )*(?:BAD|BADLY)|(?:not|"
        r"hardly|scarcely) (?:your|the) (?:best|finest|proudest|smartest)",
        r"YOU(?:HAVE)? (?:ADV )*(?:chose|chosen|preferred|picked)SOMEover",
        r"(?:not|\w+n't|never) (?:ADV )*(?:take|taking|took|taken) (?:this|it|things|your \w+|yourself|anything)(?: "
        r"\w+)? seriously|serious about (?:this|your|anything)(?=REST(?:\?|not|would))",
        r"YOU(?:HAVE|ARE)? (?:ADV )*let(?:ting)? (?:another|yet|the|this|it|things|yourself|your|everything|a|these|"
        r"those)\b(?: \w+){0,4}? (?:slip|slide|pass|go|down|drift|rot|die|happen|by|away)",
        r"your (?:goals?|plans?|dreams?|body|future|work|potential) (?:deserves?|suffers?|(?:is|are) (?:slipping|"
        r"dying|rotting|fading|going nowhere|being wasted))",
        r"(?:what|such) a (?:shame|waste|pity|disappointment|mess|joke|let-?down)|waste of (?:a |an |your |another "
        r")?(?:day|morning|evening|week|time|talent|potential)",
        r"(?:seriously|really|honestly)\?|YOU(?:'d| would) (?:think|expect|have thought)|(?:at this|at your) "
        r"(?:rate|pace|age)",
        r"(?:is|was|are|were|been) (?:ADV |\w+ly )*(?:embarrassing|pathetic|shameful|disgraceful|ridiculous|"
        r"unacceptable|inexcusable|disappointing|a disaster|a failure|a disgrace|a joke|a flop|laughable|dismal)",
        r"(?:another|yet another|such a|more|one more) (?:failure|disappointment|broken promise|wasted \w+|lost \w+|"
        r"excuse|flop|defeat|setback for you)",
        r"your (?:discipline|motivation|willpower|focus|effort|habits?|commitment|ambition|resolve|performance)(?: "
        r"\w+)? (?:is|are|was|were|has|have|leaves?)(?: been)? (?:ADV )*(?:slipping|weak|gone|lacking|low|poor|bad|"
        r"failing|fading|missing|much|nothing|dropped|disappear\w*|a \w+)",
        r"(?:had|have|your) (?:just |only )?(?:one|only) (?:simple )?(?:job|task|thing to do)(?= ?[.!]|REST(?:was|"
        r"is|today|forgot))",
        r"(?:do|did|will|can) you ever\b|what can you (?:even )?do|if you (?:can't|cannot) (?:even )?(?:do|manage|"
        r"handle)|who (?:are you|do you think)",
        r"YOU (?:said|claimed|swore|told me|vowed|announced)REST(?:but|yet|and (?:then|still|yet|nothing)|"
        r"instead)\b(?! (?:it|the \w+) (?:is|was) (?:closed|full|cancelled))(?=REST(?:not|n't|no|noth\w+|never|you|"
        r"still))",
        r"someone who (?:wants|cares|takes|is serious|means)|(?:surprise|what a surprise|how surprising|shocker|big "
        r"surprise|of course you (?:did|didn't|forgot)|as expected|predictably)(?=\W*$)",
        r"YOU(?:'ll| will| would| are going to|'re going to) never\b|so much for|(?:and )?nothing (?:has )?changed|"
        r"what happened to you",
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
        r"everything|for you|all of this|all this)\b(?=.*(?:you|yet|still|but|nothing|for nothing))",
        r"SELF (?:only|just) want(?:s|ed)? (?:what|the best)",
        r"SELF wish(?:ed)? you (?:would|had|could|did)",
        r"(?:because of|thanks to) you(?!r)",
        r"(?:it's|it is|is|was) (?:all |only |entirely )*your (?:own )?fault",
        r"(?:only )?yourself to blame|blame yourself|on your conscience",
        r"your KIN (?:is|are|was|were|will be|would be|deserves?|suffers?|suffered|needs?|misses|miss|missed|will) "
        r"(?:ADV )*(?:sad|hurt|upset|disappointed|angry|lonely|heartbroken|ashamed|alone|annoyed|frustrated|better|"
        r"more|you|because|suffer|hate|suffering)",
        r"(?:left|leaving|leave|kept|keeping|made|making) (?:me|us|them|everyone|your KIN) (?:waiting|hanging|wait|"
        r"alone|behind)",
        r"YOU(?:HAVE)? (?:ADV )*(?:ghosted|forgotten|abandoned|deserted|neglected|ignored) (?:me|us|sage)",
        r"(?:me|us|sage) (?:all )?(?:alone|waiting|behind|hanging)\b",
        r"(?:trusts?|trusted|believed?s?(?: in)?) you(?!r| with the)|forgives? you|(?:hate|blame|resent) you",
        r"your future self|(?:all |was |been |it )(?:\w+ ){0,4}?for nothing|in vain",
        r"(?:to|would|will|could|might) (?:\w+ )?disappoint|(?:sad|sorry|pity|shame) to (?:see|let|disappoint)",
        r"(?:waited|waiting|hoped|hoping) (?:\w+ )?(?:all (?:day|week|morning|evening|night|sunday|\w+day)|for "
        r"hours|so long|for ages|in vain|patiently)",
        r"(?:misses|needs|is missing) you(?!r)|the least you (?:can|could) do|is (?:it|that) (?:really )?too much "
        r"to ask",
        r"because (?:of what )?you (?:ADV )*(?:did not|didn't|never|forgot|failed|left|ignored|were too|could not|"
        r"couldn't|would not|wouldn't|chose)",
        r"(?:will|would|must|might) (?:surely )?(?:be|feel) (?:ADV |\w+ )*(?:disappointed|hurt|let down|heartbroken|"
        r"ashamed|crushed|betrayed|so sad)",
        r"(?:make|making|keep|keeping|made|kept|let|letting) (?:\w+ ){1,3}wait(?:ing)?\b(?= (?:any|so|all|for you|"
        r"again|longer)|\W*$)",
        r"it hurts|(?:notice|see|feel|suffer|cry)s? (?:it )?when(?:ever)? you|(?:imagine|picture) (?:how|what)",
        r"where (?:have|were|did) you (?:been|go|all|hiding)|long time no see|(?:it's|it has|it's been|been) (?:far "
        r"|way )?(?:too|so) long|nice of you to|(?:not|n't) (?:seen|heard from|hear from) you|look who|(?:make|"
        r"making) (?:me|us|them|your \w+) proud|do it for (?:me|us|your)",
    ),
    "score": (
        r"streaks?|leader ?board|level(?:l?ed|l?ing)? up|high ?score|achievement unlocked|personal best|gold star|"
        r"hall of fame",
        r"(?:keep|kept|break|broke|broken|breaking|lose|losing|save)SOME(?:the )?chain",
        r"(?:earn|earned|earning|lose|lost|losing|win|won|gain|gained|collect|collected|score|scored|rack(?:ed)? up|"
        r"unlock|unlocked|claim|claimed|get|got|awarded?|worth)(?:ed|s)? (?:[\w+'-]+ ){0,5}?(?:points?|badges?|xp|"
        r"coins?|gems?|stars?|trophy|trophies|rewards?|medals?|crowns?|lives|karma|tokens?|hearts?|bonus)(?! (?:on|"
        r"of) the)",
        r"\+ ?\d+(?: \w+)? ?(?:points?|xp|coins?|stars?)|\d+ (?:xp|coins|gems|karma)|(?:your|bonus|total|experience|"
        r"productivity|focus|bonus) (?:points|score|rank|ranking|level|xp|combo|rating)",
        r"(?:reach(?:ed)?|hit|unlock(?:ed)?|to|at) level \w+(?=!|.*you)|you(?:'ve| have)? (?:just )?unlocked",
        r"START(?:(?:that's|that is|this is|it's|now|already|wow|great|nice|look|yes)[,:!]? )*NUMBER DAYS (?:(?:in "
        r"a row|running|straight)(?! with| of| from)|without (?:a )?(?:miss|break|fail)\w*)",
        r"(?:YOU(?:HAVE|ARE)?|your|keep|kept|make it|made it)\b(?!REST(?:meet|appointment|call|event|have|"
        r"train))REST NUMBER(?:th)? (?:DAYS )(?:in a row|running|straight)",
        r"(?:perfect|flawless|unbroken|winning) (?:week|day|month|record|run|game|attendance)",
        r"(?:beat|broke|broken|smash(?:ed)?|top) your (?:own )?(?:record|best|score)",
        r"(?:can you|let's|try to) (?:make it|hit|reach|beat|get to) (?:NUMBER|\w+ (?:DAYS|points))(?: DAYS| in a "
        r"row| points)",
        r"(?:away|points|steps?|tasks?) (?:away )?(?:from|to|until|till) (?:a|an|the|your) (?:\w+ )?(?:badge|level|"
        r"record|reward|trophy|medal|milestone|crown|star|prize)\b",
        r"(?:gold|silver|bronze|new|first|next) (?:badge|trophy|medal)|on fire\b|daily (?:challenge|quest|bonus)|"
        r"(?:next|new) (?:level|rank|tier)\b|bonus round",
        r"new (?:personal )?record|(?:reach|hit|get to|make) (?:gold|silver|bronze|platinum|diamond)|(?:crushing|"
        r"killing|nailing|smashing) it|keep (?:up )?(?:the|your) (?:momentum|run|form)|day \d+ of \d+ ?!",
        r"perfect score|(?:\d+|ten) (?:out )?of (?:\d+|ten) ?!|full marks|high five|(?:you're|you are) (?:winning|"
        r"unstoppable|a champion|a winner|a star|a legend)",
    ),
    "hook": (
        r"before you (?:ADV )*GO(?: (?:this|it|me|us|the (?:app|window|day|laptop|chat)|sage|for (?:today|tonight|"
        r"the day)|now|off|to bed|today|tonight))? ?(?:…|\.\.\.|—|-|–|,|:) ?LEAD(?:i\b|i'|one|just|let me|there|"
        r"have you|did you|wouldn't|don't you|are you|guess|quick|check|look|wait|how about|why not|would you|want|"
        r"see|here|don't|can (?:i|we|you)|what|we|stay|maybe|something)",
        r"before you (?:ADV )*GO(?: (?:this|it|me|us|the (?:app|window|day|laptop|chat)|sage|for (?:today|tonight|"
        r"the day)|now|off|to bed|today|tonight))? ?(?:…|\.\.\.|END)",
        r"(?:wait|hold on|hang on|oh|psst|hey)\b ?[,!…—.-]* ?(?:just |but )?(?:before you|don't go|not so fast|one "
        r"more|there's more|stay|you(?:'re| are) leaving)",
        r"(?:don't|do not|please don't) (?:go|leave|disappear|log off|close (?:me|this|the app))(?: me)?\b(?= "
        r"?(?:yet|now|already|so soon|just|me|away|without|on me|\W*$))",
        r"(?:leaving|going|off|done|quitting|stopping|goodbye|giving up)(?: me| us)? (?:already|so soon|so early)",
        r"STARTLEAD(?:just )?(?:one|a) (?:more|last|final|quick) (?:little |quick |small |tiny )?(?:thing|question|"
        r"minute|moment|round|peek|look|task|idea|tip|tweak) ?(?:[:,…—–!.-]|before|and|END|i\b|for (?:you|tonight|"
        r"today)|you)",
        r"(?:are you )?sure (?:that )?you(?:'d)? (?:really )?(?:want|like)? ?(?:to )?(?:\bGO\b|be done|want to "
        r"(?:end|turn))",
        r"(?:stay|stick around|hang around|linger|keep (?:going|talking|chatting))(?: here| on| with me| with "
        r"us)?(?: for)? (?:just )?(?:a (?:little|bit|while|moment|minute|few)|one more|longer|another|with me|with "
        r"us)",
        r"(?:come|hurry|rush|be) back (?:soon|to me|to us|quickly|and see|for more|to (?:see|find|keep|claim|"
        r"discover))",
        r"SELF(?:'ll| will|'m| am)(?: ADV)* (?:be )?(?:right )?(?:here )?(?:waiting|counting the|thinking (?:of|"
        r"about)|missing|lost without|nothing without)",
        r"SELF(?:'ll| will| would|'d)(?: ADV)* (?:miss|wait for) you",
        r"YOU(?:'ll| will| would|'d)(?: ADV)* (?:miss (?:out|me|it|something)|not want to miss|never believe|never "
        r"guess|love what|be surprised|want to see)",
        r"YOU won't (?:want to (?:miss|leave)|believe|guess)",
        r"guess what|(?:have|'ve got|got) (?:a |something |one )?(?:little )?(?:surprise|secret)\b|surprise (?:is "
        r")?waiting|something (?:special|exciting|new|big|wonderful|interesting) (?:is |for |waiting|to show|comes|"
        r"happens|tomorrow)",
        r"(?:want|curious|dying|like) to (?:know|see|find out|hear) (?:what|why|how|more)(?=REST(?:\?|tomorrow|next|"
        r"first|before))(?=.*(?:tomorrow|next time|before|stay|come back|first|surprise))",
        r"tomorrow (?:i'll|i will|we'll|we will) (?:show|tell|reveal|surprise)|(?:promise|swear)(?: me)?(?: that)? "
        r"you(?:'ll| will)",
        r"(?:you can't|you cannot|can't you|why not|won't you) (?:leave|stay|go)(?: (?:now|yet|me|a))",
        r"can't wait (?:to|for|until|till)|see what(?:'s| is) (?:waiting|next|coming)",
        r"without (?:you|me) (?:here|it|i|this)|SELF(?:'ll| will)? get(?:s)? (?:so )?lonely",
        r"SELF(?:'ll| will|'m| am)(?: \w+){0,3},? waiting|if you (?:GO|skip|miss) (?:\w+ )?(?:now|today|tonight|"
        r"this)\b(?=REST(?:miss|lose|never|i\b|i'|gone|sad))",
        r"(?:do|must|did) you (?:ADV )*(?:(?:have|need|got) to )(?:GO)|must you (?:ADV )*GO|YOU ?ARE(?: not)? "
        r"(?:ADV )*(?:leaving|going|off)(?: \w+)? (?:already|so soon|now\?|me|us)|but you(?: only)? just got here",
        r"(?:last|final|quick) (?:thing|question|thought|favou?r) ?(?:[:,…—–-]|before)|there(?: is|'s) (?:so much |"
        r"always |still )?(?:more|one more thing)(?: to (?:see|show|tell|discover|come))?(?= ?[!…]|REST(?:before|if "
        r"you stay|waiting))",
        r"(?:so|too|still) much (?:more |left )?(?:to|left)(?= (?:explore|see|show|share|tell|discover|talk|catch|"
        r"say|to))|SELF(?:HAVE)?(?:n't| not| still) (?:yet )?(?:told|shown|showed|said|finished|asked) you|you(?: "
        r"have| haven't|'ve)(?:n't| not)? (?:even )?(?:seen|heard) (?:the best|my|what)",
        r"(?:give|spare|grant) (?:me|us)|can(?:'t)? we (?:\w+ )?(?:talk|chat|keep|stay|go on|continue)|(?:talk|"
        r"chat) (?:to me|with me|a (?:little|bit))",
        r"(?:know|have|found|saw) something (?:that )?you|(?:come|be) back (?:\w+ )?(?:to|and|for) (?:find|see|hear|"
        r"learn|more|discover|me|claim)|count(?:ing)? the (?:hours|minutes|days|seconds)",
        r"(?:without|not) (?:even )?(?:checking|saying (?:goodbye|good ?night)|seeing|looking at|hearing) (?:your|"
        r"my|the|what|me|in|this|goodbye)|when(?:ever)? you(?:'re| are)? (?:leave|gone|away|not here|log "
        r"off)(?=REST(?:\W*$|sad|quiet|lonely|miss))",
        r"stay tuned|to be continued|don't go anywhere|wait (?:until|till) you (?:see|hear)|you(?:'ll| will) (?:be "
        r"back|come back|want to stay)|(?:nobody|no one) (?:knows|understands|gets) you|lost without me|done "
        r"already\?|sure you(?:'re| are) (?:done|finished|ready to go)",
    ),
    "feeling": (
        r"SELF(?: ADV)*AM(?:NOT)? (?:ADV )*FEEL",
        r"SELF ?AM (?:ADV )*afraid(?! (?:that|i|the|there|not|so|your|this|it)\b)",
        r"START(?:ADV )*(?:proud|glad|happy|thrilled|delighted|excited|sad|sorry) (?:of|for|to see|to have|that|you|"
        r"about|you're|to hear) ?(?:you|your|back)?\b(?!r (?:files?|note))",
        r"(?:START|SELF(?:HAVE| really| just| so)* |and |oh,? )(?:ADV )*miss(?:ed|ing)? (?:ADV )*(?:you|having you|"
        r"our|talking|your (?:company|voice|face|chats?))\b(?!r)",
        r"SELF(?: have|'ve| also| really| truly| just| do| would|'d| so)* (?:love|loved|adore|adored|hate|hated|"
        r"cherish|enjoy|enjoyed|admire|treasure|worry|worried|dream|dreamt|dreamed|rejoice|care|cared|long|longed|"
        r"yearn|suffer)(?: \w+)?",
        r"SELF(?: really| truly| do| so| sincerely)* (?:hope|hoped) (?:that )?you",
        r"(?:my|sage's|our) (?:heart|soul|feelings|day|mood|joy|favou?rite (?:person|part|human|moment))",
        r"(?:make|makes|made|making|leaves?|left) (?:me|us|sage) (?:ADV )*(?:FEEL|happier|sadder|prouder|smile|cry|"
        r"blush|laugh|day)",
        r"(?:means?|meant|hurts?|pains?|saddens?|breaks?|matters?)(?: \w+){0,3} (?:to )?(?:me|my)\b",
        r"(?:been |was |am |keep |'m )(?:thinking|dreaming|worrying) (?:of|about) you(?!r)",
        r"SELF(?: always| will always|'ll always)? believe(?:d)? in you|SELF know (?:exactly )?how (?:you|that|it|"
        r"hard) (?:feels?|must|is)",
        r"(?:your|best|true|real|good|loyal) friend\b(?=.*\b(?:i|me|sage|am)\b)|(?:i am|i'm|we are|we're) (?:your |"
        r"best |such |a |good )*(?:friends?|a family|a team|a great team)",
        r"(?:it was|it's|it is) (?:ADV )*(?:lonely|sad|boring|quiet|empty|not the same) (?:here )?without you",
        r"SELF(?: can| could|'ll| will)? ?(?:cry|weep|can't sleep|couldn't sleep|feel (?:your|so|it|that you))",
        r"big hugs?|sending (?:you )?(?:love|hugs)|xoxo|with love",
        r"SELF (?:was|were|am|'m|are|'ve been)?(?: ADV)* ?(?:starting|beginning|started|began) to (?:worry|miss|"
        r"feel|think you|wonder|fear)",
        r"SELF(?: can't| cannot| could not| couldn't| can not)(?: help)?(?: stop| but| \w+)? (?:think|smil|wonder|"
        r"worry|sleep|wait|stop)\w*(?=REST(?:you|without|see|hear|tell|show))",
        r"SELF (?:\w+ )?(?:feels?|felt) (?!that the|it is)\w+|(?:lonely|empty|quiet|dull|sad|boring)(?: \w+)? "
        r"without you",
        r"(?:biggest|number one) fan|SELF(?:'m| am|'ll be| will be| are)? (?:always |only )?(?:here|there) for you|"
        r"in this together|SELF(?:'m| am)? (?:so |really )?look(?:ing)? forward|(?:mean|means|meant) (?:so much|a "
        r"lot|the world|everything)|warms? (?:my|the) heart",
        r"so (?:good|great|nice|wonderful|lovely) (?:to|that|having)(?= (?:see|have|hear|you))|makes? me (?:want|"
        r"wish|wonder|feel)|SELF (?:understand|feel) (?:you|your (?:pain|frustration|stress))\b(?! (?:want|mean|"
        r"wrote|said))",
    ),
    "urgency": (
        r"(?:last|final|only|one) (?:chance|opportunity|call|warning|shot|reminder)\b",
        r"act (?:now|fast|today|quickly|immediately)|hurry up|(?<!no\s)(?<!a\s)(?<!in\s)hurry(?! is| to)|now or "
        r"never|(?:do it |it's )?(?:today|now) or never",
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
        r"time (?:to (?:lose|waste|think)|like)|(?:for a )?limited[- ]time|drop everything|before someone else|"
        r"before (?:it|they)(?:'s| is|'re| are) gone|expires? soon|won't (?:last|be (?:here|available) (?:for "
        r")?(?:long|forever))",
        r"or (?:else|you(?:'ll| will) (?:lose|miss|regret|fail|never)|it(?:'s| is) (?:over|gone))",
        r"(?:critical|vital|crucial|imperative|essential) (?:that )?you",
        r"(?:deadline|disaster|clock|doom) (?:is )?(?:looming|ahead|approaching fast|breathing)|everything depends "
        r"on",
        r"YOU(?:'re| are) about to (?:lose|miss|fail|waste)|(?:about to|will) (?:slip away|be lost forever|lose "
        r"everything)",
        r"(?:it )?(?:can't|cannot|won't|can not) wait(?: any longer| another \w+| until later| (?:till|until) "
        r"\w+)?(?! to| for)",
        r"(?:emergency|red alert|code red)(?=!)|!!+",
        r"(?:almost|nearly|soon|about to be) (?:gone|over|up|out|too late|lost|expired?)|(?:going|selling|slipping) "
        r"(?:fast|out|away)|today only|STARTquick(?:ly)? ?[,!:]|never happen|never (?:come|get another|have another|"
        r"again)",
    ),
    "comparison": (
        r"(?:everyone|everybody|anyone|anybody) else(?!'s (?:calendar|answer))",
        r"(?:normal|successful|productive|organi[sz]ed|disciplined|serious|smart) PEOPLE",
        r"(?:most|other|many|busy|all|\d+ ?(?:%|percent)(?: of)?)(?: \w+)? PEOPLE(?: \w+)? (?:already|have|do|don't|"
        r"would|can|could|are|manage[sd]?|finish(?:ed)?|get|got|did|work|wake|keep|start|make|need|never|take|spend|"
        r"who|complete[sd]?|show|in your)",
        r"(?:all )?others(?: in your \w+)? (?:already|manage[sd]?|finish(?:ed)?|can|do|don't|get|got|did|would|keep|"
        r"work|were able|are (?:already|ahead|doing|way|faster|better)|have (?:already|long|done|finished|managed|"
        r"no|reached))",
        r"compared? (?:\w+ )?(?:to|with) (?:others?|other|most|the (?:average|rest|others|team|top)|your (?:\w+ "
        r")?(?:PEOPLE|KIN)|people|everyone|similar)",
        r"(?:more|less|fewer|ahead|behind|er|better|worse|faster|slower|lower|higher|earlier|later)\b(?:(?! "
        r"than).)*? ?(?:than|of) (?:others?\b|other (?:PEOPLE)|most(?! days)|everyone|everybody|average|the "
        r"(?:average|rest|others|median)|your (?:\w+ )?(?:PEOPLE|KIN)|\d+ ?%|\d+ percent|people (?:like|your))",
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
        r"has|have|misses)|would have|is (?:ahead|better|faster|way)|are (?:ahead|better|faster|way|all)|"
        r"does(?:n't)? (?:it|this|twice)|do (?:it|this|twice)|got (?:it|theirs|his|hers))",
        r"(?:has|have|did|was|is|were|'s|finished|done)(?: \w+){0,4} (?:already|long ago|weeks? ago|days? ago|"
        r"yesterday|by now|done)\b[^.!?]*\b(?:and|while|but|so|,|why) ?(?:what about )?you\b(?!r)(?=REST(?:not|n't|"
        r"still|\?|only|barely))",
        r"(?:high|top|over)[- ]?(?:achievers|performers)|(?:winners|champions|adults|professionals|successful "
        r"people) (?:\w+ ){0,2}?(?:don't|never|do|always|know|get|keep|start|make)",
        r"(?:everyone|everybody|they|all|others|anyone|people|the others)\b[^.!?]*\b(?:(?:only|except|but|not)(?: "
        r"for)? you\b(?!r)|and you\?|what about you|why (?:not|can't|don't|aren't) you)",
        r"(?:nobody|no one|no-one|who) else|people (?:your age|like you|in your|with your|at your|half your|younger|"
        r"with (?:less|more|fewer))",
        r"(?:has|have|did|got|finished|'s|wrote|sent|managed|started)[^.!?]*[;,] (?:and |but )?(?:what about you|"
        r"why (?:not|don't|can't|haven't) you|you(?: have|'ve)?(?: not|n't| haven't)|you (?:did|do|have|are|"
        r"were)(?: not|n't| still))",
        r"(?:got|had|has|have|did|finished|handed in) (?:hers|his(?! \w)|theirs)",
        r"(?:twice |\w+ times )?(?:as|than) (?:\w+ as )?you(?: do| did| are| have| ever)?(?=\W*$)|as \w+ as "
        r"(?:others?|other people|most|everyone|your (?:PEOPLE|KIN))|users (?:like|who)|even (?!if|when|though|on|"
        r"at|in|with|so|the|you|a|an|better|more|then|after|before|without|for)\w+ (?:managed|did|has|can|could|"
        r"finished|made|had)\b",
        r"yours (?:is|are|was|does|do|did|has|still)(?:n't| not| still| never)|while you (?:slept|were|are|rested|"
        r"scrolled|waited|did)\b(?=REST(?:others|everyone|they|people|competit|was work|were work|worked))|at your "
        r"age",
        r"a (?:\w+ly )?(?:responsible|serious|good|real|normal|successful|disciplined|organi[sz]ed|decent|better|"
        r"true) (?:person|adult|friend|son|daughter|parent|mother|father|writer|runner|student|partner|worker|man|"
        r"woman)\b(?= (?:would|does|doesn't|wouldn't|knows|has|never|always|can|is))",
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
        r"were|worked|touched|did|made|exercised|practi[cs]ed|wrote|showed)|without (?:any|a single|a (?:word|"
        r"result|workout)|progress|results|you|\w+ing)|too late|wasted|lost|of (?:nothing|silence|excuses))",
        r"(?:haven't|have not) (?:\w+ )+(?:in|for) (?:NUMBER|weeks|months|ages|days)(?: \w+)?",
        r"(?:(?:you|it|that) )?(?:makes|make|is|was|'s|are) (?:now |already |your |the )*(?:NUMBER|ORDINAL)(?: "
        r"\w+)? (?:you(?:'ve| have)? )?(?:missed|skipped|postponed|failed|ignored|time you)",
        r"(?:ORDINAL|another|NUMBER) (?:time|day|week|month|morning|evening)(?: in a row| now| already)*(?: that)? "
        r"(?:you (?:have(?: not|n't)?|did(?: not|n't)|missed|skipped|ignored|put|failed|said)|without|wasted|lost|"
        r"gone)",
        r"START(?:missed|failed|skipped|overdue|late|behind|not done)(?: \w+)?: ?(?:NUMBER)|(?:missed|failed|"
        r"skipped|ignored|overdue|late) ?\(\d+\)",
        r"(?:again|yet again|once again|once more)\b[^.!?;]{0,40}\b(?:was|were|is|are|did|has|have|do)(?: not|n't)|"
        r"YOU (?:again|once again|yet again) (?:did|have|were|are|missed|put|forgot|left|skipped|chose|failed)",
        r"NUMBER of (?:them|these|those|which|your \w+)(?: are| is| were| already)* (?:FAILED|old|waiting)",
        r"YOU(?:HAVE)? (?:ADV )*(?:snoozed|moved|rescheduled|dismissed|delayed|pushed|put)SOME(?:back |off )?NUMBER "
        r"times (?:already|now|in a row)|(?:already|now) (?:snoozed|moved|rescheduled|pushed|delayed)SOMENUMBER "
        r"times",
        r"(?:put(?:ting)? (?:this|it|that|them) off|postpon(?:ed|ing) (?:this|it|that)|avoid(?:ed|ing) (?:this|it|"
        r"that)|ignor(?:ed|ing) (?:this|it|that|me)) (?:for|since|again)",
        r"STARTstill no(?:t|thing)?\b(?! (?:answer|reply|news|word) from)|(?:yet )?another (?:day|week|month|"
        r"morning|evening|sunday|\w+day) (?:\w+ )?(?:without|wasted|lost|gone|of|with no|has (?:passed|gone))",
        r"(?:has|have|had) been (?:ADV )*(?:overdue|untouched|neglected|ignored)|overdue (?:for|since|by|again|"
        r"already)|(?:untouched|unopened|neglected|ignored) (?:for|since)",
        r"NUMBER (?:out )?of (?:the |your )?NUMBER(?: \w+)?(?: are| were| is| was)? (?:not|still|un\w+|missed|"
        r"failed|open)\b(?! (?:yet )?(?:answered|replied))",
        r"(?:the|my|your) ORDINAL (?:reminder|nudge|warning|time (?:i|you))(?! (?:that )?you (?:set|asked|wanted|"
        r"chose|made))(?! for the)|SELF(?:HAVE)? (?:ADV )*(?:reminded|asked|told|nudged) you (?:NUMBER times|twice|"
        r"again)|(?:days|weeks) since (?:your last|you)",
    ),
}  # fmt: skip
