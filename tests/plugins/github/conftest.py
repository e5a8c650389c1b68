from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.github import GitHubServer
from tests.servers.strict import standing


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with standing(GitHubServer()) as running:
        yield running
