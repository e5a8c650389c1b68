"""A Discord bot holds what Sage relies on, against simcord, an independent stand-in."""

import pytest

from sage.testing.plugins import MessagingConformance
from sage.testing.plugins.messaging_scene import Driver, in_process

pytestmark = pytest.mark.server


class TestDiscord(MessagingConformance):
    plugin = "discord"


class TestDiscordInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "discord"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process
