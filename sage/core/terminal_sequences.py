"""Text that cannot touch the terminal: the one sanitizer for everything that is shown, whoever wrote it.

`clean` keeps what a person reads and removes what only a terminal or a trick would read: escape sequences (CSI, OSC,
DCS, APC, PM, SOS and the short ones) with their payload, the other C0 and C1 controls, DEL, bidirectional overrides,
embeddings and isolates, invisible characters, and more than eight stacked accents. What stays is newline and tab,
joiners between emoji or between letters of scripts that join, one variation selector on a symbol, and direction marks
beside right-to-left letters. Every kind of line end becomes a newline, and a surrogate without its half the
replacement character.

An escape sequence that never ends does not hide the text behind it: only its introducer is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PAYLOAD_LIMIT = 4096
_ACCENT_LIMIT = 8

_TEXT_STRING = rf"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x18\x1a\x1b\x90-\x9f]{{0,{_PAYLOAD_LIMIT}}}"
_CONTROL_STRING = _TEXT_STRING + r"(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}"
_SHORT = r"\x1b[ -/]{0,4}"
_LINE_END = r"\r\n?|[\x0b\x0c\x85\u2028\u2029]"
_PAIR = r"[\ud800-\udbff][\udc00-\udfff]"
_SEQUENCE = rf"{_CONTROL_STRING}|{_CSI}[@-~]|{_SHORT}[0-~]"
_CONTROL = r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"
_UNFINISHED = rf"(?:{_TEXT_STRING}\x1b?|{_CSI}|{_SHORT}|\r|[\ud800-\udbff])\Z"

_CONTROLS = re.compile(
    rf"(?P<sequence>{_SEQUENCE})|(?P<line>{_LINE_END})|(?P<pair>{_PAIR})|{_CONTROL}|(?P<half>[\ud800-\udfff])"
)
_CONTROLS_IN_STREAM = re.compile(
    rf"(?P<sequence>{_CONTROL_STRING}|{_CSI}[@-~])|(?P<unfinished>{_UNFINISHED})|{_CONTROLS.pattern.replace('sequence', 'rest')}"
)

_ACCENTS = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_JOINERS = "\u200c\u200d"
_DIRECTIONS = "\u061c\u200e\u200f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}{_JOINERS}{_DIRECTIONS}{_SELECTORS}]|[{_ACCENTS}]+")
_HELD_BACK = re.compile(f"[{_UNSEEN}{_JOINERS}{_DIRECTIONS}{_SELECTORS}{_ACCENTS}]+\\Z")
_SUSPECT = re.compile(
    f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\ud800-\udfff{_UNSEEN}{_JOINERS}{_DIRECTIONS}{_SELECTORS}{_ACCENTS}]"
)

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_JOINING_LETTER = re.compile(
    "[\u0620-\u065f\u066e-\u06dc\u06df-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa"
    "\ua8e0-\uabff\ufb50-\ufdff\ufe70-\ufefc]"
)
_EMOJI = re.compile(
    "[\u203c\u2049\u2139\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2934\u2935\u2b00-\u2bff\U0001f000-\U0001faff]"
)
_SELECTABLE = "[#*0-9\u00a9\u00ae\u1000-\u109f\u203c-\u2bff\u2e80-\ufaff\U0001f000-\U0003ffff]"
_IDEOGRAPH = "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""These two take long to compile, and wait for the first variation selector."""


def clean_sequences(text: str) -> str:
    """The text as it may be shown. Idempotent; a text without anything to remove is returned as it is."""
    if not _SUSPECT.search(text):
        return text
    return _drop_invisible(_drop_controls(text))


class SequenceCleaner:
    """`clean_sequences` for text that arrives in pieces: the pieces it returns join to `clean_sequences` of the whole.

    What could be the beginning of a sequence, or needs its neighbour to be judged, waits for the next piece; `finish`
    returns what still waits.
    """

    def __init__(self, last: str = "") -> None:
        self._raw = ""
        self._waiting = ""
        self._last = last
        """The last character that was shown, by which what follows is judged."""

    def feed(self, piece: str) -> str:
        """The cleaned text that is certain after this piece."""
        text = self._raw + piece
        self._raw = ""
        if not self._waiting and not _SUSPECT.search(text):
            self._last = text[-1:] or self._last
            return text

        def keep(match: re.Match[str]) -> str:
            if match["unfinished"] is None:
                return _without_control(match)
            self._raw = match["unfinished"]
            return ""

        return self._release(_CONTROLS_IN_STREAM.sub(keep, text), at_end=False)

    def finish(self) -> str:
        """The rest of the text; the cleaner is then as new."""
        rest = self._release(_drop_controls(self._raw), at_end=True)
        self._raw = self._waiting = self._last = ""
        return rest

    def _release(self, text: str, *, at_end: bool) -> str:
        text = self._waiting + text
        self._waiting = ""
        held = None if at_end else _HELD_BACK.search(text)
        if held is not None:
            # The letter below the accents is shown at once; the rest is judged with what follows it.
            self._waiting = held.group()
            text = text[: held.start()]
        shown = _drop_invisible(self._last + text)[len(self._last) :]
        self._last = shown[-1:] or self._last
        return shown


def _without_control(match: re.Match[str]) -> str:
    if match["line"] is not None:
        return "\n"
    if match["pair"] is not None:
        high, low = (ord(half) for half in match["pair"])
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    return "" if match["half"] is None else "\ufffd"


def _drop_controls(text: str) -> str:
    return _CONTROLS.sub(_without_control, text)


def _drop_invisible(text: str) -> str:
    kept: list[str] = []  # no empty part: the last one ends with the last character kept
    position = 0
    for match in _INVISIBLE.finditer(text):
        start, end = match.span()
        if position < start:
            kept.append(text[position:start])
        position = end
        found = match.group()
        if _is_accent(found):
            found = found[: max(0, _ACCENT_LIMIT - _accents_at_end(kept))]
        elif _is_unseen(found) or not _belongs(found, kept[-1][-1] if kept else "", text[end : end + 1]):
            continue
        if found:
            kept.append(found)
    kept.append(text[position:])
    return "".join(kept)


_is_selector: Callable[[str], re.Match[str] | None] = re.compile(f"[{_SELECTORS}]").match
_is_unseen: Callable[[str], re.Match[str] | None] = re.compile(f"[{_UNSEEN}]").match
_is_accent: Callable[[str], re.Match[str] | None] = re.compile(f"[{_ACCENTS}]").match


def _accents_at_end(kept: list[str]) -> int:
    count = 0
    for part in reversed(kept):
        for character in reversed(part):
            if not _is_accent(character):
                return count
            count += 1
    return count


def _belongs(character: str, before: str, after: str) -> bool:
    """Whether a joiner, direction mark or variation selector does real work between its neighbours."""
    if not before:
        return character in _DIRECTIONS and bool(_RIGHT_TO_LEFT.match(after))
    if character in _DIRECTIONS:
        return bool(_RIGHT_TO_LEFT.match(before) or _RIGHT_TO_LEFT.match(after))
    if character in _JOINERS:
        joins_letters = _JOINING_LETTER.match(before) and _JOINING_LETTER.match(after)
        joins_emoji = character == "\u200d" and (before == "\ufe0f" or _EMOJI.match(before)) and _EMOJI.match(after)
        return bool(joins_letters or joins_emoji)
    fitting = _SELECTABLE if character <= "\ufe0f" else _IDEOGRAPH
    return not _is_selector(before) and bool(re.match(fitting, before))
