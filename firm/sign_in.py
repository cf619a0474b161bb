"""How people come in: accounts are made by administrators, never by signing up.

A disabled person's sessions die at once, because each request loads the person again and the
back end of allauth refuses one who is not active.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_noop

from firm.models import User

# allauth's own sentences that reach our pages, in our words: the catalogue that comes first is
# ours, and it holds what is named in our source.
ALLAUTH_SENTENCES = (
    gettext_noop("Invalid login."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Remember Me"),
    gettext_noop("You are already logged in as %(user_display)s."),
)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def password_link(person: User) -> str:
    """Where this person sets a password. Good once, for three days, and only until it is used."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    path = reverse(
        "account_reset_password_from_key",
        kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True)),
    )
    return f"{settings.SITE_URL}{path}"
