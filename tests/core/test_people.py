"""Who somebody is: by static addresses alone, with all of their names."""

from __future__ import annotations

import pytest

from sage.core.people import Contact, People, trouble_in

TOM = Contact("tom", "Demo Tom", ("matrix:@Tom:demo.test", "mail:tom@demo.test"), ("work",))
EVE = Contact("eve", addresses=("mail:evé@demo.test",))
PEOPLE = People([TOM, EVE])


def test_an_address_is_known_however_its_letters_are_written_and_a_name_is_no_address() -> None:
    assert PEOPLE.at("MATRIX:@tom:DEMO.test ") is TOM and PEOPLE.named("mail:TOM@demo.test") is TOM
    assert PEOPLE.named(" Tom") is TOM and PEOPLE.at("tom") is None
    assert PEOPLE.at("mail:@Tom:demo.test") is None, "an address of one service says nothing of another"


def test_an_address_of_other_letters_is_a_contact_s_and_never_a_reader_s_name() -> None:
    assert PEOPLE.at("mail:evé@demo.test") is EVE and EVE.reader == ("eve",)
    assert PEOPLE.reader("mail:evê@demo.test") == ("",), "it could look like another's: its reader sees nothing"


def test_a_stranger_reads_with_their_address_alone() -> None:
    assert PEOPLE.reader("mail:ann@demo.test") == ("mail:ann@demo.test",)
    assert PEOPLE.reader("mail:tom@demo.test") == ("tom", "work", "matrix:@Tom:demo.test", "mail:tom@demo.test")


def test_whom_the_person_names_reads_with_all_names_and_a_circle_with_its_own() -> None:
    assert PEOPLE.called(("Tom", "work", "ann")) == (TOM.reader, "work", "ann")


@pytest.mark.parametrize(
    ("contacts", "who", "told"),
    [
        ([TOM, EVE], "", ""),
        ([TOM, Contact("work")], "work", "circle"),
        ([TOM, Contact("ann", circles=("tom",))], "tom", "circle"),
        ([Contact("public")], "public", "name"),
        ([Contact("")], "", "name"),
        ([Contact("mail:x")], "mail:x", "name"),
        ([Contact("ann", circles=("private",))], "ann", "circle"),
        ([Contact("ann", addresses=("mail:*",))], "ann", "no address"),
        ([Contact("ann", addresses=("ann@demo.test",))], "ann", "no address"),
        ([TOM, Contact("ann", addresses=("Mail:TOM@demo.test",))], "ann", "tom's address already"),
    ],
)
def test_what_cannot_be_is_told(contacts: list[Contact], who: str, told: str) -> None:
    found, why = trouble_in(contacts)
    assert found == who and told in why
