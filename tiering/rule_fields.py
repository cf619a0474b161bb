"""Single values of a rule file: read and checked, every error a sentence."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from firm.refusals import Refused


def number(value: Any, *, name: str, least: Decimal | int, most: Decimal | int) -> Decimal:
    """A number with at most four decimals; `name` is how the sentence calls it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refused(_("%(name)s must be a number.") % {"name": name})
    found = Decimal(str(value))
    if not found.is_finite() or not least <= found <= most:
        raise Refused(
            _("%(name)s must lie between %(least)s and %(most)s.")
            % {"name": name, "least": written(least), "most": written(most)}
        )
    if found != round(found, 4):
        raise Refused(_("%(name)s has more than four decimals.") % {"name": name})
    return found


def integer(data: Mapping[str, Any], key: str, *, least: int, most: int, absent: int = 0) -> int:
    value = data.get(key, absent)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(
            _("“%(key)s” must be a whole number from %(least)s to %(most)s.")
            % {"key": key, "least": least, "most": most}
        )
    return value


def optional_integer(data: Mapping[str, Any], key: str, *, most: int) -> int:
    """0, which is off, also where the file says null."""
    return 0 if data.get(key) is None else integer(data, key, least=0, most=most)


def truth(data: Mapping[str, Any], key: str, *, absent: bool) -> bool:
    value = data.get(key)
    if value is None:
        return absent
    if not isinstance(value, bool):
        raise Refused(_("“%(key)s” must be true or false.") % {"key": key})
    return value


def choice(data: Mapping[str, Any], key: str, choices: list[str], absent: str | None = None) -> str:
    value = data.get(key, absent)
    if value not in choices:
        raise Refused(
            _("“%(key)s” must be one of: %(choices)s.")
            % {"key": key, "choices": ", ".join(choices)}
        )
    return str(value)


def text(data: Mapping[str, Any], key: str, *, most: int, required: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > most or (required and not value.strip()):
        raise Refused(
            _("“%(key)s” must be a text of at most %(most)s characters.")
            % {"key": key, "most": most}
            if not required
            else _("“%(key)s” must be a text of 1 to %(most)s characters.")
            % {"key": key, "most": most}
        )
    return value.strip()


def section(data: Mapping[str, Any], key: str, known: set[str]) -> Mapping[str, Any]:
    """An object within the file; empty where it is absent or null."""
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(_("“%(key)s” is an object.") % {"key": key})
    refuse_unknown(value, known)
    return value


def refuse_unknown(data: Mapping[str, Any], known: set[str]) -> None:
    unknown = [key for key in data if key not in known]
    if unknown:
        raise Refused(
            _("“%(key)s” is not known in a rule file. Is it a typo?") % {"key": unknown[0]}
        )


def written(value: Decimal | int) -> str:
    """As people read it: 9,000,000, 8.5."""
    return f"{plain(Decimal(value)):,}"


def plain(value: Decimal) -> int | Decimal:
    """Without idle zeros: 31, 8.5."""
    return int(value) if value == value.to_integral() else value.normalize()
