"""The people and the deputy's rules, as the settings name them."""

from __future__ import annotations

from sage.agent.replier import Rules
from sage.core.labels import audience_of, folded_name
from sage.core.people import People
from sage.core.plain_dates import WEEKDAYS
from sage.profile import Resolved
from sage.settings import Settings, contact_of


def people_of(settings: Settings) -> People:
    """Every contact."""
    return People(contact_of(name, keys) for name, keys in settings.people.items())


def rules_of(resolved: Resolved) -> Rules:
    """What the deputy may do, as the settings say now."""
    settings = resolved.settings
    name = settings.person.name
    return Rules(
        people_of(settings),
        {
            folded_name(who): {folded_name(topic): how for topic, how in topics.items()}
            for who, topics in settings.grants.items()
        },
        name,
        tuple(filter(None, (name, *name.split()[:1], *settings.deputy.names))),
        audience_of(settings.calendar.busy_for) if settings.calendar.busy_for else (),
        settings.deputy.handoff == "sentence",
        WEEKDAYS.index(settings.person.week_start),
        settings.deputy.per_contact_a_day,
    )
