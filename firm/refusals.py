"""A refusal is a sentence. The same one is the form error, the API detail and the reason under a
disabled button.
"""

from collections.abc import Callable
from typing import Any


class Refused(Exception):
    """Raised by `check_can_<verb>(...)` and by actions; its message is for the user's eyes."""

    @property
    def sentence(self) -> str:
        return str(self.args[0])


class Forbidden(Refused):
    """The person lacks the right; nothing but another person can change that."""


def refusal_of(check: Callable[..., None], **kwargs: Any) -> str | None:
    """The sentence with which `check` refuses, or None where it lets pass."""
    try:
        check(**kwargs)
    except Refused as refused:
        return refused.sentence
    return None
