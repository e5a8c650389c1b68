"""What the writer of a message says in it, as the deputy hears it: their own new words, not what a mail program adds."""

from __future__ import annotations

from itertools import takewhile

from sage.core.plugins.arrivals import Arrival
from sage.core.reading.mail_text import LEFT_OUT, WROTE, own_words, thread_subject


def said(text: str, subject: str = "", *, answers: bool = False) -> str:
    """A message as it was kept (its subject, then its text) without what it quotes of others, and without the subject of what it
    answers: a "Thanks!" below "Re: When is the office open?" asks nothing. A subject that nothing stands below is all there is;
    so is what was forwarded without a word."""
    below = text.removeprefix(subject).strip()
    own, forwarded = own_words(below)
    lines = takewhile(lambda line: not WROTE.match(line[:500]), own.splitlines())  # a quote without marks follows
    words = "\n".join(line for line in lines if line != LEFT_OUT).strip() or forwarded
    if subject and not answers and thread_subject(subject) == " ".join(subject.split()):
        return f"{subject}\n\n{words}".strip()
    return words if below else subject


def said_in(arrival: Arrival) -> str:
    """What its writer says in a message that came in."""
    return said(arrival.text, arrival.subject, answers=bool(arrival.reply_to))
