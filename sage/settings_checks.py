"""Checks of single settings: each gives the value as it is kept, or raises ValueError with what it should be."""

from __future__ import annotations

import difflib
import re
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from sage.core.nudge_words import KINDS, PARTS_OF_DAY
from sage.core.plain_dates import WEEKDAYS


def variable_name(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("the name of an environment variable, such as OPENAI_API_KEY")
    return name


def server_address(url: str) -> str:
    parts = urlsplit(url)
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.query)
    if url and not plain:
        raise ValueError(
            'the address of a server, such as "http://127.0.0.1:1234/v1", with no name, key or query in it'
        )
    return url.rstrip("/")


def zone_name(name: str) -> str:
    if name and name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(
            'the name of a time zone, such as "Europe/Berlin"' + (f' (nearest: "{near[0]}")' if near else "")
        )
    return name


def language_tag(tag: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", tag):
        raise ValueError('the short name of a language, such as "en" or "de"')
    return tag


def time_of_day(text: str) -> str:
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('a time of day, such as "22:00"')
    return text


def day_and_time(text: str) -> str:
    day, _, clock = text.lower().partition(" ")
    if text and (day not in WEEKDAYS or not clock or time_of_day(clock) != clock):
        raise ValueError('a weekday and a time of day, such as "sunday 18:00"')
    return text.lower()


def kind_and_part(text: str) -> str:
    kind, _, part = text.partition(" ")
    if kind not in KINDS or part not in PARTS_OF_DAY:
        raise ValueError(
            f'a kind ({", ".join(KINDS)}) and a part of the day ({", ".join(PARTS_OF_DAY)}): "task evening"'
        )
    return text
