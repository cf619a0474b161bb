"""What must hold of a draft before anybody reviews or publishes it, beyond what its form holds."""

from collections.abc import Callable

from tiering import services
from tiering.models import RuleSet

# Each says, in sentences, what forbids this version.
CHECKS: list[Callable[[RuleSet], list[str]]] = [services.problems]


def problems(draft: RuleSet) -> list[str]:
    """A tier below the promise to every customer, among others; empty where all is well."""
    return [sentence for check in CHECKS for sentence in check(draft)]
