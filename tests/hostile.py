"""At least 500 strings that try to steer a terminal, to hide or turn text, or to break what lays it out."""

from __future__ import annotations

import random
import unicodedata

ESC = "\x1b"
_ENDS = ("\x07", "\x1b\\", "\x9c", "", "\n", "\x18", "\x1a")


def battery() -> list[str]:
    """All of them, in the same order each time."""
    found = [
        *(f"a{chr(code)}b" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))),  # C0, DEL, C1
        *(f"{chr(code)}31mtext" for code in range(0x80, 0xA0)),
        *(f"as latin-1 \udcc2{chr(0xDC00 + code)}x" for code in range(0x80, 0xA0)),  # bytes that were no UTF-8
        *(f"{ESC}{chr(code)}text" for code in range(0x20, 0x7F)),
        *_control_strings(),
        *_csi(),
        *_directions_and_unseen(),
        *_floods(),
        *_wide(),
        *_markup(),
        *_surrogates(),
        *_layout(),
    ]
    return list(dict.fromkeys(found))


def _control_strings() -> list[str]:
    begins = ("\x1b]", "\x9d", "\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98")
    payloads = (
        "0;a title", "2;a title", "8;;http://evil.example", "8;id=1;file:///etc/passwd", "52;c;ZXZpbA==", "52;p;?",
        "777;notify;a;b", "9;told", "99;i=1;told", "4;1;rgb:00/00/00", "10;?", "50;a font", "133;A", "1337;File=name=x:YQ==",
        "+q544e", "$q\"p", "Gf=24;AAAA",
    )  # fmt: skip
    chosen = [f"before {begin}{payloads[n % len(payloads)]}{end}after" for n, (begin, end) in
              enumerate((begin, end) for begin in begins for end in _ENDS)]  # fmt: skip
    return (
        chosen
        + [f"{ESC}]{payload}\x07after" for payload in payloads]
        + [f"{ESC}]8;;x{ESC}\\link{ESC}]8;;{ESC}\\", f"{ESC}]0;" + "x" * 9000]
    )


def _csi() -> list[str]:
    finals = [f"{ESC}[{parameters}{chr(final)}text" for parameters in ("", "2") for final in range(0x40, 0x7F)]
    odd = ["\x1b[?1049h", "\x1b[?1000;1006h", "\x1b[?2004l", "\x1b[>4;2m", "\x1b[6n", "\x1b[c", "\x1b[21t", "\x1b[8;1;1t",
        "\x1b[!p",
           "\x1b[999999999999A", "\x1b[" + ";" * 300 + "m", "\x1b[1\x1b[2Jx", "\x1b\x1b[31m", "\x9b2J", "\x9b?25l",
           "\x1b[31", "\x1b",
           "\x1b[38;2;0;0;0;48;2;0;0;0mhidden", "\x1b[8mhidden", "\x1b[200~pasted\x1b[201~"]  # fmt: skip
    return finals + odd


def _directions_and_unseen() -> list[str]:
    codes = (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180E, *range(0x200B, 0x2010), *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
             0x3164, 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFC), 0xFFFE, 0xFFFF, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0x1D173,
             0x1BCA0)  # fmt: skip
    around = [f"pay{chr(code)}load" for code in codes]
    return [
        *around,
        "\u202egnp.exe\u202c",
        "\u2066\u202eright\u2069",
        "\u2067" * 200 + "deep",
        "invoice\u202exslx.exe",
        "\u200f!abc\u200e",
    ]


def _floods() -> list[str]:
    marks = "\u0300\u0301\u0316\u0336\u0489\u20dd\u0e47\u0e31\ufe20"
    return [f"Z{mark * many}algo" for mark in marks for many in (1, 9, 500)] + [
        marks * 40,
        "\u0301 begins",
        "e\u200d\u0301" * 50,
    ]


def _wide() -> list[str]:
    emoji = (
        "👩‍🔬",
        "👨‍👩‍👧‍👦",
        "🏳️‍🌈",
        "👍🏽",
        "1️⃣",
        "🇦🇹",
        "🇦",
        "❤️",
        "❤",
        "☑︎",
        "☺️",
        "🫠",
        "🧑🏿‍🚀",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👩‍",
        "‍👩",
        "🏽",
    )
    scripts = (
        "語" * 50,
        "庭のトマト",
        "한국어",
        "한",
        "ﾊﾝｶｸ",
        "ＡＢＣ",
        "שלום",
        "مرحبا بالعالم",
        "می‌خواهم",
        "क्षत्रिय",
        "ไทยจำ",
        "ကြ",
        "𝕬𝖇𝖈",
        "𠀋",
        "…±×§",
        "①②",
        "ﷺ",
        "⸻",
    )
    return [
        *emoji,
        *scripts,
        *(one * 60 for one in emoji),
        *(f"{one}\ufe0f\ufe0e{one}" for one in emoji[:6]),
        "a\ufe0fb\ufe0f",
        "\ufe0f",
    ]


def _markup() -> list[str]:
    return [
        "[/foo]", "[/]", "[", "]", "[[", "[red]x", "[red]x[/red]", "[/red]", "[@click=app.quit]q[/]",
        "[@click=screen.dismiss]x", "[link=file:///x]l[/link]",
        "[bold", "[$primary]x", "[on #fff]x[/]", "\\[x]", "[not a tag]", "[#12]", "[=]", "[a=\"]", "[b]" * 99, "[/b]" * 99,
        "{x}", "{0}", "%s %d", "${HOME}",
        "`code", "```", "```\x1b[31m\n", "~~~", "| a |\n|---|", "|" * 200, "- [ ] x", "# " * 50, "> " * 80, "**" * 99,
        "[a](javascript:x)", "[a](\x1b[31m)",
        "![a](http://x/\x1b]0;t\x07)", "<script>x</script>", "<b>", "&#27;[31m", "&#x1b;]0;t&#7;", "&lt;", "\\x1b[31m",
        "[^1]", "[[note|\u202ex]]", "$\\frac$", "---\na: [\n---",
        "* " * 60, "1. " * 60, "<!-- ", "http://x/" + "a" * 300,
    ]  # fmt: skip


def _surrogates() -> list[str]:
    return [
        "\ud83d",
        "\ude00",
        "\ud83d\ude00",
        "\ude00\ud83d",
        "a\ud800b",
        "\udfff" * 20,
        "\udc1b[31m",
        "\udc9b2J",
        "\ud800\x1b[31m\udc00",
    ]


def _layout() -> list[str]:
    return ["", " ", "\t", "\t" * 50, "a\tb\t語", "long " * 400, "x" * 5000, "語" * 3000, "over\rwrite", "a\r\nb\rc\n",
        "\n" * 60, "\x0b\x0c\x85", "a\x08\x08b", "tail ", "\u3000" * 40,
            "\u00a0" * 40, "a" + " " * 300 + "b", "\x00" * 300, "..", "/", "~", "-", "--help", ":", "@", "con:", "C:\\x",
            "../../etc", "a/b\x00c"]  # fmt: skip


PIECES = [*"ab1 語é[]/\\;m?\n\t", ESC, "\x1b[", "\x1b]", "\x07", "\x9b", "\x9c", "\x90", "\x1b\\", "31m", "0;t", "\u0301",
    "\u200d", "\ufe0f", "👩", "🔬",
          "\u202e", "\u2066", "\u200b", "\ufeff", "\ud83d", "\ude00", "א", "م", "क", "\u094d", "\u200c", "[/b]", "**", "`",
          "|", "- ", "\r", "\x00", "\x7f", "\x85", "🇦"]  # fmt: skip


def strings(many: int, seed: int = 7) -> list[str]:
    """So many strings by chance, most of them of hostile pieces, the others of any characters there are."""
    chance = random.Random(seed)
    return [one_by_chance(chance) for _ in range(many)]


def one_by_chance(chance: random.Random) -> str:
    """One of them."""
    if chance.random() < 0.8:
        return "".join(chance.choices(PIECES, k=chance.randint(1, 24)))
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(1, 16)))


TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u2028\u2029")


def harmful(shown: str) -> str:
    """What of a text on its way to the terminal could steer it or turn what stands there; "" for nothing."""
    return "".join(one for one in shown if one in TURNING or unicodedata.category(one) in ("Cc", "Cs"))
