"""A refusal is a sentence. The same one is the form error, the API detail and the reason under a
disabled button.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest


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


@contextmanager
def refusal_in(form: BaseForm, field: str | None = None) -> Iterator[None]:
    """What is refused within becomes an error of the form, and what follows the block goes on."""
    try:
        yield
    except Refused as refused:
        form.add_error(field, refused.sentence)


@contextmanager
def refusal_told(request: HttpRequest) -> Iterator[None]:
    """What is refused within is told on the next page, and what follows the block goes on."""
    try:
        yield
    except Refused as refused:
        messages.error(request, refused.sentence)
