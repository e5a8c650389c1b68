from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.strict import standing
from tests.servers.todoist import TodoistServer


@pytest.fixture
def server() -> Iterator[TodoistServer]:
    with standing(TodoistServer()) as running:
        yield running
