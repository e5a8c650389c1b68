"""A terminal's own notifications: only where it understands them, and no text can leave its sequence."""

from __future__ import annotations

import pytest

from sage.tui.outside import clipboard, notification, way_of

KITTY, ITERM, FOOT = {"KITTY_WINDOW_ID": "1"}, {"TERM_PROGRAM": "iTerm.app"}, {"TERM": "foot"}


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        (KITTY, "osc99"),
        (ITERM, "osc9"),
        (FOOT, "osc777"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc777"),
        ({"TERM": "tmux-256color", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "linux"}, ""),
        ({}, ""),
    ],
)
def test_a_terminal_is_told_in_its_way_and_an_unknown_one_not_at_all(environ: dict[str, str], way: str) -> None:
    assert way_of(environ) == way and bool(notification("Tea", "k", environ)) == bool(way)


def test_what_is_sent() -> None:
    assert notification("Tea", "k", ITERM) == "\x1b]9;Sage: Tea\x07"
    assert notification("Tea; now", "k", FOOT) == "\x1b]777;notify;Sage;Tea, now\x07"
    assert notification("Tea", "r/1:2", KITTY) == "\x1b]99;i=r-1-2:d=0;Sage\x1b\\\x1b]99;i=r-1-2:d=1:p=body;Tea\x1b\\"


def test_tmux_hands_it_through() -> None:
    assert notification("Tea", "k", {**ITERM, "TMUX": "/x"}) == "\x1bPtmux;\x1b\x1b]9;Sage: Tea\x07\x1b\\"


def test_a_copied_text_goes_through_tmux_as_well_and_cannot_leave_its_sequence() -> None:
    assert clipboard("hi \x07\x1b\\", {"TMUX": "/x"}) == "\x1bPtmux;\x1b\x1b]52;c;aGkgBxtc\x07\x1b\\"
    assert clipboard("hi", {}) == ""


@pytest.mark.parametrize("environ", [KITTY, ITERM, FOOT])
def test_no_text_leaves_its_sequence(environ: dict[str, str]) -> None:
    bad = "a\x07b\x1b\\c\x9cd\x1b]52;c;aGk=\x07e\nf\x18g"
    plain = notification("x", "k", environ)
    assert [each for each in notification(bad, f"k{bad}", environ) if not each.isprintable()] == [
        each for each in plain if not each.isprintable()
    ]
