from __future__ import annotations

from sage import wire
from sage.cli import plugins

SHOWN = wire.PluginDescribed(wire.PluginShown("demo", "Demo", "x", "C", ("tasks",), "home", ()), (), "", "", "")


def test_what_a_process_wrote_is_set_off_and_cannot_steer_the_terminal() -> None:
    assert plugins._wrote_lines(SHOWN) == []
    told = wire.PluginDescribed(SHOWN.plugin, (), "", "", "", wrote="Traceback\n\x1b]52;c;eA==\x07An account gets:\n")
    assert plugins._wrote_lines(told)[2:] == ["  Traceback", "  An account gets:"]
