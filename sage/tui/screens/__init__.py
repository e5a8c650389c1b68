"""One screen a module."""

from __future__ import annotations

from pathlib import Path

STYLES = Path(__file__).with_name("rest.tcss")
"""How every screen but Talk looks: a class of its own names it as its CSS_PATH, and the first paint does not wait for it."""
