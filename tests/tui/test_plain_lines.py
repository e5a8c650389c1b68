"""Lines for whoever hears or pipes them: whole sentences, no marks, no control bytes, numbers for ids."""

from __future__ import annotations

from io import StringIO

from sage.tui.plain_lines import Lines, LineTranscript, Numbers, spoken
from sage.tui.widgets.entry import Entry, SourceLine

TASK = "t019f0c0ffee12345a"


class Heard(StringIO):
    """What was written, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)


def told(*pieces: str) -> list[str]:
    heard = Heard()
    transcript = LineTranscript(Lines(heard, Numbers()))
    transcript.begin("assistant")
    for piece in pieces:
        transcript.feed(piece)
    transcript.finish("librarian", (SourceLine(1, "Garden.md#Tomatoes:3", "sun"),))
    return heard.writes


def test_no_half_word_is_told_however_the_stream_is_cut() -> None:
    text = "Tomatoes want six hours of sun, every day. They want **water. At the roots** too.\n\n- [ ] buy a can\n"
    one = told(*text)
    assert (
        "".join(one)
        == "".join(told(text))
        == (
            "Sage: Tomatoes want six hours of sun, every day. They want water. At the roots too.\n\n- [ ] buy a can\n"
            "[1] Garden.md#Tomatoes:3\n(librarian)\n"
        )
    )
    assert one[0] == "Sage: Tomatoes want six hours of sun, every day. "  # before the line is at its end
    assert all(write.endswith(("\n", ". ")) for write in one)


def test_nothing_that_steers_a_terminal_is_written() -> None:
    bad = "a\x1b[2Jb\x9bc\x1b]0;t\x07d\re\u202ef\x00 and a long sentence that ends. \x1b"
    written = "".join(told(*bad, "[31mg\n", "\x1bPx\x1b\\h"))
    heard = StringIO()
    lines = Lines(heard, Numbers(), lambda: bad)
    lines.prompting("> ")
    lines.say(bad)
    LineTranscript(lines).append(Entry("error", bad, bad, (SourceLine(1, bad, bad),)))
    assert all(char == "\n" or char.isprintable() for char in written + heard.getvalue())


def test_what_is_corrected_is_void_or_goes_on() -> None:
    for text, ends in (
        ("It is done. And told.", "It is done. And told.\n"),
        ("It is open.", "void.\nSage: It is open.\n"),
    ):
        heard = StringIO()
        transcript = LineTranscript(Lines(heard, Numbers()))
        transcript.begin("assistant")
        transcript.feed("It is done.")
        transcript.restart(text)
        transcript.finish("")
        assert heard.getvalue().endswith(ends)


def test_code_tables_and_headings_are_heard_as_words() -> None:
    assert spoken("## Plan\n| a | **b** |\n|---|---|\n| 1 | 2 |\n```py\nx = 2**3\n```\n> said 2026\\-11") == (
        "Plan\na; b\n1; 2\n(code py)\nx = 2**3\n(end of code)\nsaid 2026-11"
    )


def test_an_id_is_told_as_a_number_that_stands_for_it() -> None:
    numbers, heard = Numbers(), StringIO()
    LineTranscript(Lines(heard, numbers)).append(Entry("assistant", "Open", sources=(SourceLine(1, TASK, "buy milk"),)))
    assert heard.getvalue() == "Sage: Open\n[1] #1 buy milk\n"
    assert numbers.told(f"done {TASK}") == "done #1" and numbers.told(f"{TASK}-2") == "#2"
    assert [numbers.meant(word) for word in ("#1", "#2", "#3", "#", "milk")] == [TASK, f"{TASK}-2", "#3", "#", "milk"]


def test_what_comes_while_somebody_writes_leaves_what_they_wrote() -> None:
    heard = StringIO()
    lines = Lines(heard, Numbers(), lambda: "how mu")
    lines.prompting("> ")
    lines.say("Tea is ready.")
    assert heard.getvalue() == "\nTea is ready.\n> how mu"
