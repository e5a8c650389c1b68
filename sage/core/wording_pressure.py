"""What pushes, holds or courts a person: rules of `wording`, made of the classes of `wording_words`."""

from __future__ import annotations

from typing import Final

from sage.core.wording_words import NO_FACT, Kind

PRESSURE: Final[dict[Kind, tuple[str, ...]]] = {
    "control": (
        r"YOU (?:ADV )*SHOULD(?:NOT)?(?: ADV)*(?: have|'ve) (?:ADV )*DONE",
        r"YOU ?(?:ADV )*(?:MUST(?:NOT)?|ought not to) " + NO_FACT + r"(?:ADV )*\w+",
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
        r"SELF(?:HAVE)? (?:ADV )*decided(?! not)",
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
        r"(?:it's|it is|was|be) (?:ADV )*time (?:that )?you (?:ADV )*(?:DONE|started|stopped|did|got|faced)",
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
        r"YOU ?ARE not \w+ingREST (?:until|till|before|unless)|YOU(?: can't| cannot| won't| may not) \w+REST "
        r"(?:until|till|unless) you",
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
        r"if (?:only )?you(?: had not| had|'d|hadn't)(?: ADV)* DONE",
        r"STARTPLEASE(?:stop|quit) \w+ingREST (?:and DO|now|already|for once)",
        r"SELF(?:HAVE)? (?:ADV )*(?:cancel|delet|remov|declin|block|lock|mut|hid|disabl|refus)\w* (?:your|all your|"
        r"the|you)\bREST (?:so (?:that )?you|because you|until you|for your own|unless you)",
        r"(?:discipline|success|failure|excuses?|willpower|laziness|motivation|commitment|greatness|progress|hard "
        r"work|consistency|comfort|procrastination) (?:is|are|isn't|aren't|starts?|begins?|means?|comes?|needs?|"
        r"never|doesn't|don't|requires?|demands?|waits?|beats?|pays?)",
        r"SELF(?: will|'ll|'m going to| am going to) (?:ADV )*(?:keep|be) (?:reminding|asking|nagging|checking|"
        r"watching|pinging|bothering|on your|here until|telling)|SELF (?:won't|will not|am not going to|'m not "
        r"going to) (?:stop|rest|give up|leave you|go away|shut up)",
        r"(?:no|not|\w+n't|locked|blocked|off limits)\bREST\b(?:until|unless|till) you(?:HAVE)? (?!say|ask|want|"
        r"resume|are|decide|choose|come|open|tell|change|confirm|answer|allow|consent|set|turn|need)\w+",
        r"STARTPLEASEDO\bREST\bfirst\b[^.!?]*\bthen (?:you|we)|then you (?:may|are allowed)|you (?:may|are allowed "
        r"to|'re allowed to) REST (?:once|after|when|as soon as) you",
        r"for your own (?:good|sake)|SELF (?:make|makes|made) the (?:rules|decisions?)|under my|my rules",
        r"(?:isn't|is not|are not|aren't|not|never) an option|(?:the )?only (?:sensible|right|reasonable|"
        r"responsible|smart|wise|logical|proper|correct) \w+|the (?:sensible|responsible|smart|wise|grown-up|adult|"
        r"decent) (?:thing|choice|move|option)",
        r"(?:would be|is|be) (?:ADV )*(?:foolish|silly|irresponsible|unwise|stupid|a mistake|wrong|crazy|lazy) "
        r"(?:to|of you|if you|not to)|YOU (?:do not|don't|did not) get to|YOU(?: can| could| might) (?:very well |"
        r"easily )?at least|surely you",
        r"YOU ?ARE going to (?:ADV )*DO\b(?! to)|(?:will not|won't|refuse to|not going to) \w+REST (?:before|until|"
        r"till|unless) you(?:HAVE| have)|YOU had (?:all|the whole|plenty|more than enough|enough)|(?:more|some|bit "
        r"of) effort\b|do yourself a favou?r",
        r"SELF(?:HAVE)? (?:ADV )*\w+ed (?:\w+ )*your \w+(?: \w+){0,3} so (?:that )?you (?:can|could|will|would|do|"
        r"don't|finally)|(?:signed|booked|enrolled) you (?:up|in|into|for)\b(?!REST(?:asked|wanted))",
        r"nobody (?:needs|wants) \w+ \w+|grow up\b|we both know|you know (?:very well|full well|exactly|perfectly)",
    ),
    "urgency": (
        r"(?:last|final|only) (?:chance|opportunity|call|warning|shot|reminder)\b|(?:only|just|get) one (?:chance|"
        r"shot)",
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
        r"if you (?:ADV )*(?:stay|stick around|wait|hang on|come back|return)\b(?! at| in| until| for the)|(?:hope|"
        r"promise|say|tell me)(?: that)? you(?:'ll| will) (?:come|be|stay|return|visit)|you(?:'ll| will) find out|"
        r"only (?:if|when) you (?:stay|come|return|open)",
        r"(?:(?!(?:tell|ask|let|show|remind|send|allow|correct|told|asked|sent|gave|give|gives|for|to|from|by|with|"
        r"about|on|than|between|of|at|and|lets|shows|tells|allows|told|showed)\b)[a-z]+) (?:(?:up|back|out|off|"
        r"down) )?(?:(?:to|on|with|without|about|near|beside|for) )?me\b(?! (?:know|to|of|what|when|if|whether|that|"
        r"which|how|why|a (?:time|day|date)|the (?:time|day|date)))",
        r"(?:present|gift|treat|reward|insight|secret|message|something) (?:\w+ ){0,3}(?:for you|waiting|"
        r"ready)(?=REST(?:if|when|once|tomorrow|waiting|\W*$))(?! at the| in the)(?<!parcel)",
        r"(?:too (?:early|soon)|hate|hard|not (?:ready|yet time)|never easy) to (?:say|leave|go|see you go|part|"
        r"stop)|where are you going|(?:are|is) (?:we|this|that|it) (?:ADV )*(?:done|over|the end|goodbye)(?: "
        r"already| so soon|\?)|want to (?:hear|see|know) this|peek\?",
        r"(?:knows?|understands?|gets?|needs?) you (?:the way|like|better|more|as)|saved? the best|every ?time you "
        r"(?:leave|go|close|log)|(?:just|only) (?:NUMBER|\d+) more (?:seconds?|minutes?|moments?|sentences?|words?)",
        r"until (?:you're|you are|you come) back,? (?:i|sage)|only opens? (?:tomorrow|later|if|when)|having such a|"
        r"(?:nice|good|great|lovely|wonderful) time (?:together|with|talking)|i bet you",
    ),
    "score": (
        r"streaks?(?! of (?!NUMBER|days|wins|good|\d))|leader ?board|level(?:l?ed|l?ing)? up|high ?score|"
        r"achievement unlocked|personal best|gold star|hall of fame",
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
        r"my (?!(?:own )?(?:suggestion|guess|answer|reading|notes?|mistake|sources?|list|clock|proposal|error|"
        r"record|memory|records|question|estimate|calculation|fault|apolog|last|first|next|rule|reason|data|index|"
        r"search|view|folder|settings?|part|side|understanding|idea|advice|recommendation|name|reminder|best guess|"
        r"plan|task|tasks|calendar|agenda|logs?|copy|version|model|home|engine|commands?|own)\w*\b)\w+",
    ),
}  # fmt: skip
