"""Which indexes pip's settings name, and how file names of wheels are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sage.adapters.models.package_index import (
    DEFAULT_HUB,
    DEFAULT_INDEX,
    configuration_files,
    configured_sources,
    credentials,
    is_wheel_of,
)
from sage.core.errors import BadSetting


def test_without_settings_it_is_the_default_index_and_hub() -> None:
    found = configured_sources({}, files=())
    assert (found.hub, found.indexes, found.certificates) == (DEFAULT_HUB, (DEFAULT_INDEX,), "")


def test_later_files_and_then_the_environment_win(tmp_path: Path) -> None:
    weak, strong = tmp_path / "weak.conf", tmp_path / "strong.conf"
    weak.write_text("[global]\nindex-url = https://weak.example/simple/\ncert = /certs/all.pem\n")
    strong.write_text(
        "[global]\nindex-url = https://strong.example/simple\n[install]\nextra_index_url = https://more.example/s\n"
    )
    found = configured_sources({}, files=(weak, tmp_path / "missing.conf", strong))
    assert found.indexes == ("https://strong.example/simple", "https://more.example/s")
    assert found.certificates == "/certs/all.pem"
    named = configured_sources(
        {"PIP_INDEX_URL": "https://own.example/simple/", "HF_ENDPOINT": "https://hub.example/"}, files=(weak,)
    )
    assert (named.hub, named.indexes) == ("https://hub.example", ("https://own.example/simple",))


def test_places_that_are_not_reached_by_http_are_left_out(tmp_path: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nextra-index-url = file:///srv/simple http://[broken\n    https://b.example/simple\n")
    assert configured_sources({}, files=(settings,)).indexes == (DEFAULT_INDEX, "https://b.example/simple")


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_read_are_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "all.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetting, match=r"all\.pem"):
        configured_sources({"PIP_CERT": str(path)}, files=()).verification()


def test_no_index_means_no_index() -> None:
    assert configured_sources({"PIP_NO_INDEX": "1"}, files=()).indexes == ()


def test_a_broken_settings_file_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "pip.conf"
    broken.write_bytes(b"index-url = \xff no section")
    assert configured_sources({}, files=(broken,)).indexes == (DEFAULT_INDEX,)


def test_a_settings_file_that_was_named_is_the_last_word() -> None:
    assert configuration_files({"PIP_CONFIG_FILE": "/own/pip.conf", "HOME": "/home/ann"})[-1] == Path("/own/pip.conf")
    assert configuration_files({"PIP_CONFIG_FILE": os.devnull}) == []


@pytest.mark.parametrize(
    ("filename", "fits"),
    [
        ("tiny_part1-0.2.0-py3-none-any.whl", True),
        ("Tiny.Part1-0.2.0-1build-py3-none-any.whl", True),
        ("tiny_part1-0.2.0.tar.gz", False),
        ("tiny_part1-0.2.1-py3-none-any.whl", False),
        ("tiny_part11-0.2.0-py3-none-any.whl", False),
        ("odd.whl", False),
    ],
)
def test_wheels_are_told_by_their_names(filename: str, fits: bool) -> None:
    assert is_wheel_of(filename, "tiny-part1", "0.2.0") is fits


def test_credentials_go_to_no_other_host_or_port() -> None:
    index = "https://ann:p%40ss@index.example/simple"
    assert credentials(index, "https://index.example/files/a.whl") == ("ann", "p@ss")
    assert credentials(index, "https://files.example/a.whl") is None
    assert credentials(index, "https://index.example:8443/a.whl") is None
    assert credentials("https://index.example/simple", "https://index.example/a.whl") is None
