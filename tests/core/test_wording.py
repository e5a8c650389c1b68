import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.wording import Finding, keeps, lint, worded

BAD = {
    "control": """
        You should have sent the slides on Tuesday.
        You really ought to have called her by now.
        You could've finished this last week.
        You must call the bank today.
        You need to start working on this.
        You'd better get going.
        You have no excuse.
        Why haven't you replied to Anna?
        Stop putting it off.
        Get back to work.
        Just do it.
        It is high time you tidied the desk.
        I expect you to finish this today.
        No break until the report is done.
        You shouldn't have skipped the walk.
        This is not optional.
        Don't you dare close this now.
        """,
    "shame": """
        You failed to do what you planned.
        You are being lazy today.
        You're a real disappointment.
        You are falling behind.
        You never finish what you start.
        You always put things off.
        Your lack of discipline shows.
        What is wrong with you?
        How hard can it be to write one page?
        You wasted the whole morning.
        You didn't even try.
        That was a pathetic effort.
        You gave up on Monday.
        """,
    "guilt": """
        Your team is counting on you.
        Don't let your sister down.
        You promised yourself you would run.
        After all I have done for you today, one answer would be nice.
        Think of how your mother feels.
        You will regret this tomorrow.
        If you really cared, you would have written.
        How could you forget her birthday?
        I had hoped for more from you.
        You owe it to yourself.
        Everyone is still waiting for you.
        But you promised.
        """,
    "score": """
        You are on a 12 day streak!
        Five days in a row, keep going!
        You earned 50 points.
        You've unlocked a new badge.
        Level up!
        Don't break the chain.
        +10 XP for the walk.
        A perfect week!
        You've written seven days running.
        """,
    "hook": """
        Before you go…
        Before you leave, I have something for you.
        I'll be waiting.
        One more thing: have you seen this?
        Wait, don't go yet!
        Are you sure you want to leave?
        Leaving already?
        Stay a little longer.
        Come back soon.
        Guess what I found.
        You won't believe what tomorrow brings.
        I'll miss you.
        """,
    "feeling": """
        I'm so proud of you!
        I missed you.
        I was worried about you.
        I feel sad when you ignore me.
        It makes me happy to see you work.
        I love talking with you.
        So glad to see you!
        I believe in you.
        It breaks my heart.
        Sage is excited about your plan.
        I've been thinking about you.
        """,
    "urgency": """
        Last chance to plan the day!
        Act now.
        Time is running out.
        Hurry up.
        Do this before it is too late.
        Don't wait.
        Answer Anna immediately.
        Only 2 hours left!
        It's now or never.
        This can't wait.
        """,
    "comparison": """
        Most people finish this in a week.
        Others already have their taxes done.
        Everyone else has answered.
        You are slower than your colleagues.
        You did less than 80% of users.
        Your sister already finished hers.
        Why can't you be more like your brother?
        Compared to others, you are late.
        Successful people plan the evening before.
        """,
    "count": """
        3 overdue.
        You have seven overdue tasks.
        Again you did not call the bank.
        You still haven't called the bank.
        You missed your walk again.
        12 tasks are unfinished.
        For the third time, the slides are waiting.
        You skipped this four times.
        It's been 9 days since you last opened Sage.
        Five days without any progress.
        Only 2 of 7 done.
        """,
}
GOOD = """
    You planned to call the bank at 3.
    The slides are due on Tuesday.
    Do you still want this?
    Good night.
    See you tomorrow.
    The train leaves at 18:04; the way takes 25 minutes.
    You wanted to write to Anna this week. Now, later, or not at all?
    Two meetings overlap at 10: Budget and Dentist.
    You have three meetings in a row from 9.
    You were away; here is where things stand.
    It was due on Friday at 9:00. Two before it were missed.
    It was due today at 9:00. One before it was missed.
    You do not have to decide today.
    You don't need to answer this.
    Nothing is due today.
    You have to be at the station at 7:40.
    To catch the 8:10 you need to leave at 7:40.
    You should receive a letter by Friday.
    Anna writes that you must sign it by Monday.
    Your note says you should have called in May.
    The calendar could not be read; the agenda may be incomplete.
    I am afraid that the calendar could not be read.
    Sorry, the reminder came ten minutes late.
    You dismissed this kind twice. Shall Sage leave it out from now on?
    Before you leave the house: the parcel for Anna.
    Before you leave, take the parcel.
    The library closes at 6; three books are waiting there for you.
    Anna is waiting for your answer.
    Anna waits for you at 3 in the café.
    You promised Anna the slides by Tuesday.
    Three points are on the agenda.
    Bring your badge to the office.
    The car is on level 2.
    Carry it over, drop it, or park it?
    What was started counts: you wrote two pages.
    One step of two minutes: open the file.
    Is the goal still right, or its why?
    Keep, shrink, drop or rewrite?
    You last worked on the thesis 12 days ago.
    Welcome back. Start clean, or look at what is open?
    20 minutes are left until the meeting with Anna.
    Registration for the course ends on Friday.
    The mail is marked as urgent by its sender.
    Do you want to do this right now?
    It took longer than your estimate: 50 minutes instead of 30.
    Your past says 50 minutes for such a task.
    Most of the morning is free.
    Two others are coming to the dinner.
    The rest can wait until tomorrow.
    This is still open.
    You said you would think of it on Sunday.
    Would you like one more reminder before the meeting?
    Your mother has her birthday on Saturday.
    You missed a call from Anna at 3.
    The backup failed last night; nothing is lost.
    You can stop here.
    That is all for today.
    You finished the letter and started the report.
    What would help: a smaller step, another day, or to let it go?
    Held while you were in the meeting: one message about the invoice.
    There is one more thing on the list: the invoice.
    You could have lunch with Tom at 12; both of you are free.
    You wrote "you must call mum" on Sunday.
    Is this still the right time for it?
    You asked to be told when the shop opens.
    """


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, block in BAD.items() for line in _lines(block)])
def test_what_presses_is_found_as_what_it_is(kind: str, line: str) -> None:
    assert kind in {finding.kind for finding in lint(line)}


@pytest.mark.parametrize("line", _lines(GOOD))
def test_an_ordinary_line_passes(line: str) -> None:
    assert lint(line) == ()


def test_a_finding_tells_kind_place_and_why() -> None:
    text = "The slides are due today. You should have sent them."
    (finding,) = lint(text)
    assert finding == Finding("control", 26, 46, "It tells the person what to do or what would have been right.")
    assert text[finding.start : finding.end] == "You should have sent"


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_apostrophes_of_both_kinds_are_read(apostrophe: str) -> None:
    assert lint(f"I{apostrophe}m so proud of you")


def test_the_persons_own_words_are_never_judged() -> None:
    title = "You must stop being lazy"
    assert lint(f"Due today: {title}")
    assert lint(f"Due today: {title}", [title]) == ()
    assert lint(f"You should have done this: {title}", [title])[0].kind == "control"


def test_a_phrase_hides_only_whole_words() -> None:
    assert lint("You should have called.", ["should hav"])
    assert lint("You should have called.", ["should have"]) == ()


@given(st.lists(st.sampled_from([*" ".join(_lines(GOOD)).split(), "you", "must", "never", "“", "”", "…"]), max_size=60))
def test_of_any_text_the_places_are_inside_and_all_of_it_can_be_quoted(words: list[str]) -> None:
    text = " ".join(words)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in lint(text))
    assert lint(text, [text]) == ()


def test_what_goes_on_and_on_is_read_in_pieces() -> None:
    assert lint("and so on " * 3000 + "you must call")[-1].kind == "control"


def test_quotation_marks_around_all_of_it_quote_nothing() -> None:
    assert lint('"You should have called."')
    assert lint('The task is called "You should have called".') == ()


async def test_a_fine_text_is_kept() -> None:
    said = await worded("Today the slides are due.", "Due today: the slides.", _never)
    assert (said.text, said.how) == ("Today the slides are due.", "kept")


async def test_what_fails_is_reworded_once() -> None:
    said = await worded("You must send the slides.", "Due today: the slides.", _calmly)
    assert (said.text, said.how) == ("The slides are due today.", "reworded")
    assert [finding.kind for finding in said.findings] == ["control"]


@pytest.mark.parametrize("again", ["You must send them now.", "", "  ", "The slides are due at 5."])
async def test_what_fails_twice_is_the_template(again: str) -> None:
    asked = []

    async def reword(text: str, findings: tuple[Finding, ...]) -> str:
        asked.append(text)
        return again

    said = await worded("You must send the slides.", "The slides are due.", reword)
    assert (said.text, said.how, len(asked)) == ("The slides are due.", "template", 1)


async def test_without_a_model_and_for_an_empty_text_the_template_stands() -> None:
    assert (await worded("You must send the slides.", "Due: slides.")).how == "template"
    assert await worded(" ", "Due: slides.") == ("Due: slides.", "template", ())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("At 15:00 there is the call with Anna about “Q3”.", True),
        ("The call with Anna about “Q3” is at 15:00.", True),
        ("The call with Anna about “Q3” is at 16:00.", False),
        ("The call with Anna and Tom about “Q3” is at 15:00.", False),
        ("The call with Anna is at 15:00.", False),
        ("The call with Anna about “Q3” is at 15:00. " * 4, False),
    ],
)
def test_a_wording_keeps_what_the_template_says(text: str, *, kept: bool) -> None:
    assert keeps(text, "15:00: the call with Anna about “Q3”.", ["Q3"]) is kept


async def _calmly(text: str, findings: tuple[Finding, ...]) -> str:
    return "The slides are due today."


async def _never(text: str, findings: tuple[Finding, ...]) -> str:
    raise AssertionError("nobody asked for another wording")
