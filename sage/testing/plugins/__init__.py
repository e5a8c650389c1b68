"""The conformance kit: what every plugin of a kind has to hold. A test class derives from the kind's suite and says which
plugin it is and what account to use; all else is inherited:

    from sage.testing.plugins import GivenAccount, TaskSourceConformance

    class TestMine(TaskSourceConformance):
        plugin = "mine"

        @pytest.fixture
        def account(self, tmp_path: Path) -> GivenAccount:
            return GivenAccount(config={"file": str(tmp_path / "mine.txt")}, other=Editor(tmp_path / "mine.txt"))

What the manifest's `capabilities` leave out, or its `exempt` names (a capability, or a test without its `test_`), is
skipped and shown with its reason.
"""

import pytest

_SUITES = (
    "open_tasks",
    "task_making",
    "task_changes",
    "calendar",
    "tools",
    "messaging",
    "messaging_in",
    "messaging_out",
    "messaging_scene",
    "notifier",
)
pytest.register_assert_rewrite(*(f"{__name__}.{suite}" for suite in _SUITES))

from sage.adapters.plugins.loading import reach as reach  # noqa: E402
from sage.testing.plugins.accounts import GivenAccount as GivenAccount  # noqa: E402 - marked for rewriting above
from sage.testing.plugins.calendar import CalendarSourceConformance as CalendarSourceConformance  # noqa: E402
from sage.testing.plugins.messaging import MessagingConformance as MessagingConformance  # noqa: E402
from sage.testing.plugins.messaging_scene import MessagingScene as MessagingScene  # noqa: E402
from sage.testing.plugins.messaging_scene import Received as Received  # noqa: E402
from sage.testing.plugins.notifier import NotifierConformance as NotifierConformance  # noqa: E402
from sage.testing.plugins.relay import Relay as Relay  # noqa: E402
from sage.testing.plugins.tasks import TaskSourceConformance as TaskSourceConformance  # noqa: E402
from sage.testing.plugins.tools import ToolSourceConformance as ToolSourceConformance  # noqa: E402
from sage.testing.plugins.tools import ToolUse as ToolUse  # noqa: E402
