"""A Slack app holds what Sage relies on, against crabline, an independent stand-in."""

import pytest

from sage.testing.plugins import MessagingConformance
from sage.testing.plugins.messaging_scene import Driver, in_process

pytestmark = pytest.mark.server


class TestSlack(MessagingConformance):
    plugin = "slack"


class TestSlackInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "slack"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process
