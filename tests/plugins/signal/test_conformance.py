"""A Signal account holds what Sage relies on, against a strict stand-in of our own."""

import pytest

from sage.testing.plugins import MessagingConformance
from sage.testing.plugins.messaging_scene import Driver, in_process


class TestSignal(MessagingConformance):
    plugin = "signal"


class TestSignalInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "signal"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process
