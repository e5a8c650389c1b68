"""For all tests: no property fails because the machine is busy."""

from hypothesis import HealthCheck, settings

settings.register_profile("sage", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sage")
