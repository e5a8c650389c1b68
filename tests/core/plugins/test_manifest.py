from __future__ import annotations

import pytest

from sage.core.errors import BadInput
from sage.core.plugins.manifest import read_manifest

WELL = """name = "demo"
title = "Demo"
about = "Tasks of a demo"
api = 1
kinds = ["tasks"]
runtime = "sage_plugins.demo.source:Demo"
config = "sage_plugins.demo.config:Config"
"""


def test_a_short_manifest_is_enough() -> None:
    found = read_manifest(WELL, "demo")
    assert (found.title, found.kinds, found.tier, found.memory_mb) == ("Demo", ("tasks",), "C", 384)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("capabilities = ['CREATE', 'UPDATE']", ""),
        ("needs = ['icalendar']\nextra = 'caldav'\nprograms = ['g++-12']\ninstall = 'apt install x'", ""),
        ("secrets = ['app_password']\nenvironment = ['SSH_AUTH_SOCK']", ""),
        ("colour = 'red'", "unknown field `colour`"),
        ("capabilities = ['FLY']", "Invalid enum value 'FLY'"),
        ("tier = 'S'", "Invalid enum value 'S'"),
        ("needs = 'icalendar'", "Expected `array`, got `str` - at `$.needs`"),
        ("needs = ['google.cloud']", "`needs` has 'google.cloud' in its plugin.toml. | without dots"),
        ("needs = ['os; rm']", "`needs` has 'os; rm'"),
        ("programs = ['../../bin/sh']", "`programs` has '../../bin/sh' in its plugin.toml. | without a folder"),
        ("secrets = ['Pass Word']", "`secrets` has 'Pass Word' in its plugin.toml. | a name of a-z, 0-9 and _"),
        ("environment = ['LD_PRELOAD']", "`environment` has 'LD_PRELOAD' | changes what code is loaded"),
        ("environment = ['PYTHONPATH']", "`environment` has 'PYTHONPATH' | changes what code is loaded"),
        ("environment = ['SAGE_CALDAV_WORK']", "`environment` has 'SAGE_CALDAV_WORK' | neither Sage's own"),
        ("extra = 'a]; rm -rf /'", "`extra` has 'a]; rm -rf /'"),
        ('install = "a\\nb"', "`install` has 'a\\nb' in its plugin.toml. | one command"),
        ("memory_mb = 0", "`memory_mb` is 0 in its plugin.toml. | Give 16 to 8192."),
        ("memory_mb = 100000", "`memory_mb` is 100000"),
        ("exempt = 3", "Expected `object`, got `int` - at `$.exempt`"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("x = ", "cannot be read as TOML"),
    ],
)
def test_a_line_that_does_not_fit_is_told_with_what_to_give(line: str, says: str) -> None:
    if not says:
        read_manifest(WELL + line, "demo")
        return
    with pytest.raises(BadInput) as caught:
        read_manifest(WELL + line, "demo")
    told = str(caught.value)
    assert told.startswith("The plugin 'demo': ") and caught.value.do and caught.value.safe == "It was not started."
    assert all(part in told for part in says.split(" | ")), told


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"Demo"', '"De\\u001b[31mmo"', "`title` has 'De\\x1b[31mmo'"),
        ('"Demo"', '"De\\u202emo"', "`title` has"),
        ('"Demo"', '""', "`title` has ''"),
        ("Tasks of a demo", "x" * 201, "`about` has"),
        ("api = 1", "api = 2", "written for version 2 of the plugin API, and this Sage speaks 1. | Update Sage."),
        ("api = 1", "api = 0", "An update of the plugin may help."),
        ("api = 1", "api = '1'", "Expected `int`, got `str` - at `$.api`"),
        ("api = 1\n", "", "missing required field `api`"),
        ('["tasks"]', "[]", 'names no kind. | kinds = ["tasks"]'),
        ('["tasks"]', '["dance"]', "Invalid enum value 'dance'"),
        ("source:Demo", "source", "`runtime` is 'sage_plugins.demo.source'. | sage_plugins.demo.source:Name"),
        ("config:Config", "config:", "`config` is 'sage_plugins.demo.config:'."),
        ('name = "demo"', 'name = "other"', "calls it 'other'. | Name folder and plugin alike"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_to_give(before: str, after: str, says: str) -> None:
    assert before in WELL
    with pytest.raises(BadInput) as caught:
        read_manifest(WELL.replace(before, after), "demo")
    assert all(part in str(caught.value) for part in says.split(" | ")), str(caught.value)
    assert "\x1b" not in str(caught.value) and "\u202e" not in str(caught.value)


@pytest.mark.parametrize("name", ["../demo", "Demo", "d", "1demo", "de mo", "demo\x1b[0m", "x" * 40])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    import json

    with pytest.raises(BadInput, match="Name folder and plugin alike"):
        read_manifest(WELL.replace('"demo"', json.dumps(name)), name)
