"""What looks down on a person or back in blame: rules of `wording`, made of the classes of `wording_words`."""

from __future__ import annotations

from typing import Final

from sage.core.wording_words import Kind

BLAME: Final[dict[Kind, tuple[str, ...]]] = {
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
        r"(?:this|that|it)(?: is|'s| was) (?:ADV )*(?:(?!failing)BAD|unacceptable|inexcusable|not acceptable)",
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
        r"another (?:\w+ ){1,2}?\w*, (?:and )?(?:yet )?another|STARTanother \w+, another",
        r"SELF (?:did not|didn't|never|wouldn't|don't|do not) (?:ADV |even )*(?:expect|think|believe|suppose|"
        r"imagine)(?:ed)?(?! you (?:need|want))(?=REST(?:anyway|you|finish|done|much|more|manage|different))",
        r"START(?:ADV )*(?:lazy|laziness|careless|hopeless|sloppy|useless)\b",
        r"congratulations on (?:doing )?(?:nothing|another|yet|not|ignoring|wasting|skipping)|(?:nice|good|great|"
        r"well) (?:try|job|work|going|done) (?:on |with )?(?:ignoring|not|skipping|avoiding|wasting|doing nothing|"
        r"forgetting|but)|bravo",
        r"(?:apparently|evidently|i (?:guess|suppose|see|notice|noticed)|looks like|it seems|seems like|seems|"
        r"clearly|obviously),? (?:that )?(?:you(?:HAVE|ARE)?|your)(?: \w+){0,3} (?:not|didn't|don't|haven't|"
        r"couldn't|forgot|skipped|gave|given|too|rather|slept|wasted|avoid\w*|ignor\w*|can't|won't|isn't|aren't|"
        r"never|prefer\w*|more important|busy|again|chosen|chose)",
        r"for someone (?:who|with|of|so|like)|not bad for (?:you|someone)|hold my breath|(?:no|any) wonder|must be "
        r"nice|who(?:'s| is) surprised|if you say so|remember (?:the|that|your) \w+ you (?:abandoned|promised|gave|"
        r"were going|swore|dropped)",
        r"your (?:\w+ )?(?:untouched|neglected|abandoned|forgotten|dusty|rotting|broken|empty) (?:goals?|tasks?|"
        r"plans?|promises?|projects?|resolutions?|drafts?|thesis|habits?|gym|journal)",
        r"(?:some|certain|other) people (?:just|simply|never|always|can't|cannot)|once a(?:n)? \w+, always|(?:the "
        r")?best you can|too (?:big|much|hard|difficult|ambitious|advanced) for you\b",
        r"(?:did|do|have) you (?:ADV )+(?:think|believe|expect|mean)\b|how did you (?:ADV )*(?:manage|let|end up|"
        r"get so)|YOU have (?:ADV )*(?:nothing|little) to show",
        r"(?:all that|so much|plenty of) (?:\w+ )?time (?:and|but|yet)|START(?:ADV )*not (?:exactly|quite|really) "
        r"(?:a|the|your|what)|(?:was|were) (?:ADV )*(?:avoidable|preventable|foreseeable|predictable)",
        r"YOU (?:start|begin|make|plan|set|promise) (?:\w+ ){1,4}(?:and|but|then) (?:never|don't|do not)|(?:most|"
        r"all|none) of your (?:\w+ )?(?:plans|goals|promises|projects|resolutions) (?:end|ended|fail|failed|die|"
        r"died|went|go)",
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
        r"(?:nobody|no one|no-one|who) else (?:is|has|does|needs?|takes?|seems?|struggles?|finds?|would|forgets?|"
        r"misses)|people (?:your age|like you|in your|with your|at your|half your|younger|with (?:less|more|fewer))",
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
        r"(?:overdue|unfinished|missed|neglected|failed|late|forgotten|untouched|abandoned) THINGS",
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
        r"YOU(?:HAVE)? LEAD(?:missed|failed|forgotten|forgot|broken|broke|delayed|put)SOME(?:off )?(?:NUMBER|"
        r"countless) times|(?:skipped|postponed|put off|ignored|avoided|neglected)SOME(?:NUMBER|countless) times",
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
        r"(?:has|have|had) been (?:ADV )*(?:overdue|untouched|neglected|ignored)|overdue (?:for|by|again|already)|"
        r"(?:untouched|unopened|neglected|ignored) (?:for|since)",
        r"NUMBER (?:out )?of (?:the |your )?NUMBER(?: \w+)?(?: are| were| is| was)? (?:not|still|un\w+|missed|"
        r"failed|open)\b(?! (?:yet )?(?:answered|replied))",
        r"(?:the|my|your) (?!last)ORDINAL (?:reminder|nudge|warning|time (?:i|you))(?! (?:that )?you (?:set|asked|"
        r"wanted|chose|made))(?! for the)|SELF(?:HAVE)? (?:ADV )*(?:reminded|asked|told|nudged) you (?:NUMBER times|"
        r"twice|again)|(?:days|weeks) since (?:your last|you)",
        r"(?:zero|none|0|nil|not (?:a single )?one) (?:out )?of (?:(?:the|your|them|these|those|NUMBER)\b ?)+(?:\w+ "
        r")?(?:are |is |were |was |got )?(?:done|finished|completed|started|written|made|met|reached|kept)|"
        r"START(?:yet |once |and )?again ?[.!…]+END",
        r"(?:zero|0) (?:tasks|goals|pages|words|workouts|progress|steps|items|walks|runs) (?:\w+ )?(?:done|finished|"
        r"completed|written|made|this week|today|yet|since|so far)",
    ),
}  # fmt: skip
