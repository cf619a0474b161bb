"""How a person likes to see the product. The only writers of these fields; nothing to audit."""

from firm.models import User

FIELDS = frozenset({"language", "time_zone", "theme", "money_unit"})


def change_preferences(*, user: User, **wishes: str) -> None:
    """Set some of FIELDS, already validated by the forms of firm/views/preferences.py."""
    assert wishes.keys() <= FIELDS
    for field, value in wishes.items():
        setattr(user, field, value)
    user.save(update_fields=[*wishes])
