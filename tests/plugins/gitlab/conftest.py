from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.gitlab import GitLabServer
from tests.servers.strict import standing


@pytest.fixture
def server() -> Iterator[GitLabServer]:
    with standing(GitLabServer()) as running:
        yield running
