"""A Slack app holds what Sage relies on, against crabline, an independent stand-in."""

import pytest

from sage.testing.plugins import MessagingConformance
from sage.testing.plugins.messaging_scene import Driver, in_process
from tests.plugins.slack.scenes import SocketScene

pytestmark = pytest.mark.server


class TestSlack(MessagingConformance):
    plugin = "slack"


class TestSlackInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "slack"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process


class TestSlackOverSocketMode(MessagingConformance):
    """The same where Slack says over Socket Mode what is new: this side of it is a stand-in of our own."""

    plugin = "slack"

    @pytest.fixture
    def scene(self, socket_scene: SocketScene) -> SocketScene:
        return socket_scene


class TestSlackOverSocketModeInAProcess(TestSlackOverSocketMode):
    @pytest.fixture
    def drive(self) -> Driver:
        return in_process
