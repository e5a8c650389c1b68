"""What counts as an address, and who it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.mail.addresses import addresses, normal, same_mailbox


def ids(value: str) -> list[str]:
    return [found.id for found in addresses(value)]


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("aunt@demo.test", "", "aunt@demo.test"),
        ("Demo Aunt <Aunt@Demo.TEST>", "Demo Aunt", "aunt@demo.test"),
        ('"Aunt, Demo" <aunt@demo.test>', "Aunt, Demo", "aunt@demo.test"),
        ("aunt@demo.test (Demo (the elder) Aunt)", "Demo (the elder) Aunt", "aunt@demo.test"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= <aunt@demo.test>", "Grüße", "aunt@demo.test"),
        ("<@relay.test:aunt@demo.test>", "", "aunt@demo.test"),
        (r'"The \"Aunt\"" <aunt@demo.test>', 'The "Aunt"', "aunt@demo.test"),
    ],
)
def test_names_and_addresses(value: str, name: str, address: str) -> None:
    (found,) = addresses(value)
    assert (found.name, found.id) == (name, address)


def test_lists_and_groups() -> None:
    assert ids('a@demo.test, "x, y" <b@demo.test>; Friends: c@demo.test, d@demo.test;') == [
        "a@demo.test",
        "b@demo.test",
        "c@demo.test",
        "d@demo.test",
    ]
    assert ids("undisclosed-recipients:;") == []


@pytest.mark.parametrize(
    "value",
    [
        "aunt@demo.test)evil@elsewhere.test",  # what getaddresses of older Pythons took for the second one
        "aunt@demo.test evil@elsewhere.test",
        "<aunt@demo.test> <evil@elsewhere.test>",
        "aunt@demo.test <evil@elsewhere.test",
        '"aunt@demo.test <evil@elsewhere.test>',
        "(aunt@demo.test",
        '"an unt"@demo.test',
        "aunt@@demo.test",
        "=?utf-8?q?aunt=40demo.test?=",
        "aunt@",
        "@demo.test",
        "",
    ],
)
def test_what_is_not_clearly_an_address_is_none(value: str) -> None:
    assert ids(value) == []


def test_words_before_a_colon_are_the_name_of_a_group() -> None:
    assert ids("aunt@demo.test: evil@elsewhere.test;") == ["evil@elsewhere.test"]


def test_a_name_that_pretends_to_be_another_address_is_not_shown() -> None:
    for name in ("aunt@demo.test", "Aunt (aunt@demo.test)", "aunt＠demo.test", "=?utf-8?b?YXVudEBkZW1vLnRlc3Q=?="):
        (found,) = addresses(f'"{name}" <evil@elsewhere.test>')
        assert (found.id, found.name) == ("evil@elsewhere.test", "")
    assert addresses('"aunt@demo.test" <aunt@demo.test>')[0].name == "aunt@demo.test"


def test_a_domain_that_looks_like_another_one_is_seen_as_what_it_is() -> None:
    assert normal("aunt@d\u0435mo.test") == "aunt@xn--dmo-rdd.test" != normal("aunt@demo.test")
    assert normal("aunt@bücher.test") == "aunt@xn--bcher-kva.test"
    assert normal("aunt@" + "a" * 70 + ".test") == ""


def test_a_tag_is_of_the_same_mailbox() -> None:
    assert same_mailbox("ana+shop@demo.test", ["ana@demo.test"])
    assert same_mailbox("ana@demo.test", ["ana+sage@demo.test"])
    assert not same_mailbox("anna@demo.test", ["ana@demo.test"])
    assert not same_mailbox("+x@demo.test", ["+y@demo.test", "@demo.test"])
    assert not same_mailbox("", [""])


@given(st.text(alphabet='ab@.<>()",;:\\ \r\n=?é', max_size=60))
def test_whatever_it_is_it_names_only_addresses(value: str) -> None:
    for found in addresses(value):
        assert normal(found.id) == found.id
        assert found.id.rpartition("@")[0] in value.lower()
