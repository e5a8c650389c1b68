"""For all tests: no property fails because the machine is busy, and what is closed is closed to root as well."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sage.adapters.plugins.loading import reach
from sage.locations import bundled
from tests.powers import as_plain_user

settings.register_profile("sage", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sage")
reach(bundled("plugins"))


@pytest.fixture
def plain_user() -> Iterator[None]:
    """What is closed is closed to this test, even if root runs it."""
    with as_plain_user():
        yield
