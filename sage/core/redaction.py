"""Keys and tokens in text: what looks like one, and a text without them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

HIDDEN = "…"
SHORTEST_SECRET = 8
"""Shorter ones are words that local servers take for a key ("none", "test"), and would tear holes into texts."""

SECRET_SHAPES = re.compile(
    r"""(?x) (?<![A-Za-z0-9])(?:
        (?:sk|pk|rk)-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}     # OpenAI, Anthropic, DeepSeek, OpenRouter and many more
      | (?:gsk|hf|ghp|gho|ghu|ghs|ghr|glpat|nvapi|csk)[_-][A-Za-z0-9_-]{16,}
      | github_pat_[A-Za-z0-9_]{20,}
      | xai-[A-Za-z0-9_-]{20,}
      | (?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}                 # Slack
      | AIza[A-Za-z0-9_-]{30,}                                  # Google
      | (?:AKIA|ASIA)[A-Z0-9]{16}                               # Amazon
      | eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+   # JSON web tokens
    )"""
)
"""Beginnings by which well-known providers mark their keys, with enough after them to be one."""

TOLD_SECRETS = re.compile(
    r"""(?xi)
      -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | (?<=://)[^\s/:@]+:[^\s/@]+(?=@)                           # whose name and password stand in an address
    | (?:(?<=bearer\ )|(?<=basic\ ))(?=[^\s"']*\d)[A-Za-z0-9._~+/=-]{16,}
    | (?P<name>\b(?:pass(?:word|wort|wd|phrase|code)|kennwort|pwd|(?:api|access|secret|private|recovery)[ _-]?key
        |(?:access|auth|api)[ _-]?token|client[ _-]?secret)["'`*]*\s*(?:[:=]|\b(?:is|ist|lautet)\b)[\s"'`*]*)
      (?=[^\s"'`,;]*[\d!$%^&*+=~?#@])[^\s"'`,;]{6,}
    """,
    re.DOTALL,
)
"""What is called a password or key by the words before it, and holds a figure or sign as those do."""

KEY_LIKE = re.compile(r"(?i)key|token|secret|passw|credential|auth")
SHORTEST_TOKEN = 20
LEAST_ENTROPY = 3.0
"""Bits a character. Words in English have about 2.5 to 3 over so few letters; random hexadecimal 3.5 to 4."""


def looks_secret(value: str, name: str = "") -> bool:
    """Whether a text holds a key: by its shape, or, in a field whose `name` speaks of keys, by being long and random."""
    if SECRET_SHAPES.search(value):
        return True
    return bool(KEY_LIKE.search(name)) and any(_is_random(word) for word in value.split())


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with each of `secrets`, and whatever has the shape of a key or is called a password, replaced by "…"."""
    for secret in sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = SECRET_SHAPES.sub(HIDDEN, text)
    return TOLD_SECRETS.sub(lambda found: f"{found['name'] or ''}{HIDDEN}", text)


def _is_random(word: str) -> bool:
    if len(word) < SHORTEST_TOKEN or re.fullmatch(r"[A-Z][A-Z0-9_]*", word) or "://" in word:
        return False
    digits = sum(letter.isdigit() for letter in word)
    if digits < 3 and not (digits and word.lower() != word != word.upper()):
        return False
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts) >= LEAST_ENTROPY
