"""Saved views: named query strings of a list, one's own. The only writers; nothing to audit."""

from django.db import transaction
from django.utils.translation import gettext as _

from firm.models import SavedView, User
from firm.refusals import Refused

MOST = 30
LONGEST_QUERY = 1000


@transaction.atomic
def save_view(*, user: User, page: str, name: str, query: str) -> SavedView:
    """A view of this name is replaced. Raises Refused for one too many or too long."""
    User.objects.select_for_update().get(pk=user.pk)
    others = SavedView.objects.filter(user=user, page=page).exclude(name=name)
    if others.count() >= MOST:
        raise Refused(_("%(most)s views are saved already. Delete one first.") % {"most": MOST})
    if len(query) > LONGEST_QUERY:
        raise Refused(_("This view has too many filters to be saved."))
    view, _created = SavedView.objects.update_or_create(
        user=user, page=page, name=name, defaults={"query": query}
    )
    return view


def delete_view(*, view: SavedView) -> None:
    view.delete()
