"""What surrounds every page: navigation, saved views, the reader's wishes.

Everything that needs the database waits until a template asks for it, so that a fragment for
htmx costs nothing here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from firm import access, formats
from firm.models import Firm, SavedView, User
from firm.roles import Right
from firm.scope import Scope

TABS = 5  # at the foot of the phone's page


@dataclass(frozen=True)
class Entry:
    """A line of the navigation, or a tab on the phone. It is shown where its address exists and
    `allowed` says yes. How many things there wait for this person, the functions of
    `settings.BADGES` say.
    """

    url_name: str
    label: Promise
    icon: str
    allowed: Callable[[Scope], bool] = lambda scope: True

    def count(self, scope: Scope) -> int:
        return sum(import_string(path)(scope) for path in settings.BADGES.get(self.url_name, ()))


def _may(right: Right) -> Callable[[Scope], bool]:
    return lambda scope: scope.may(right)


NAVIGATION = [
    Entry("customers:list", _("Customers"), "building"),
    Entry("customers:log-week", _("Service log"), "pencil", _may(Right.RECORD_WORK)),
    Entry("tiering:rules", _("Rules"), "ruler-2"),
    Entry("tiering:reports", _("Reports"), "chart-bar", _may(Right.REVENUE)),
]

# The lower part: for the few who keep the firm's data and the nights in order.
ADMINISTRATION = [
    Entry("tiering:runs", _("Nightly runs"), "player-play", _may(Right.READ_RUNS)),
    Entry("customers:imports", _("Imports"), "file-import", _may(Right.IMPORT)),
    Entry("customers:cost-rates", _("Cost rates"), "clock", _may(Right.COST_RATES)),
    Entry("firm:people", _("People and posts"), "users", _may(Right.EDIT_PEOPLE)),
    Entry("firm:calendar", _("Calendar"), "calendar", _may(Right.EDIT_CALENDAR)),
    Entry("firm:prices", _("List price"), "file-spreadsheet", _may(Right.EDIT_PRICES)),
    Entry("firm:going_live", _("Going live"), "shield-lock", _may(Right.GO_LIVE)),
    Entry("firm:audit", _("Audit trail"), "history", _may(Right.READ_AUDIT)),
]

# The list behind each `SavedView.page`.
SAVED_VIEW_PAGES = {"customers": "customers:list"}


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str = ""
    is_current: bool = False
    count: int = 0
    pk: int = 0
    query: str = ""
    is_middle: bool = False


def address(url_name: str) -> str:
    """The address, or "" while no app has a page of this name."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


class Chrome:
    """`{{ chrome.… }}` in templates."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def firm(self) -> Firm | None:
        """With the reader's `views`, in one query."""
        views = SavedView.objects.filter(
            user_id=self.request.user.pk or 0, page__in=SAVED_VIEW_PAGES
        )
        columns = JSONObject(pk="pk", page="page", name="name", query="query")
        of_reader = ArraySubquery(views.order_by("name").values(json=columns))
        return Firm.objects.annotate(views=of_reader).first()

    def _links(self, entries: list[Entry]) -> list[Link]:
        if not self.request.user.is_authenticated:
            return []
        scope = access.scope(self.request)
        return [
            Link(
                label=str(entry.label),
                href=href,
                icon=entry.icon,
                is_current=self.request.path.startswith(href),
                count=entry.count(scope),
            )
            for entry in entries
            if (href := address(entry.url_name)) and entry.allowed(scope)
        ]

    @cached_property
    def navigation(self) -> list[Link]:
        return self._links(NAVIGATION)

    @cached_property
    def administration(self) -> list[Link]:
        return self._links(ADMINISTRATION)

    @cached_property
    def tabs(self) -> list[Link]:
        """What the phone has room for, recording work in the middle; the person's menu there has
        the rest.
        """
        tabs = [*self.navigation, *self.administration][: self._room]
        if self.log_url:
            is_there = self.request.path == address("customers:log-new")
            log = Link(str(_("Log")), self.log_url, "plus", is_current=is_there, is_middle=True)
            tabs.insert(len(tabs) // 2, log)
        return tabs

    @cached_property
    def beyond_tabs(self) -> list[Link]:
        return [*self.navigation, *self.administration][self._room :]

    @property
    def _room(self) -> int:
        return TABS - 1 if self.log_url else TABS

    @cached_property
    def log_url(self) -> str:
        """Where work is recorded; on a customer's pages for that customer."""
        return self._for_customer("customers:log-new")

    @cached_property
    def scope_url(self) -> str:
        """Where one asks whether something is in scope; for the customer of the page, too."""
        return self._for_customer("customers:scope")

    def _for_customer(self, url_name: str) -> str:
        if not self.request.user.is_authenticated:
            return ""
        url = address(url_name)
        if not url or not access.scope(self.request).may(Right.RECORD_WORK):
            return ""
        match = self.request.resolver_match
        if match is not None and match.route.startswith("customers/<int:pk>/"):
            return f"{url}?customer={match.kwargs['pk']}"
        return url

    @cached_property
    def search_url(self) -> str:
        return address("customers:list") if self.request.user.is_authenticated else ""

    @cached_property
    def suggest_url(self) -> str:
        return address("customers:search")

    @cached_property
    def saved_views(self) -> list[Link]:
        """None while the screen is shared: their names may say what a customer must not read."""
        if not self.request.user.is_authenticated or self.request.screen_share:  # type: ignore[attr-defined]
            return []
        return [
            Link(
                view["name"],
                f"{address(SAVED_VIEW_PAGES[view['page']])}?{view['query']}",
                "star",
                pk=view["pk"],
                query=view["query"],
            )
            for view in (self.firm.views if self.firm else [])  # type: ignore[attr-defined]
        ]

    @cached_property
    def post(self) -> str:
        """The department and title under the person's name: 営業部 第一課."""
        posts = access.scope(self.request).posts
        if not posts:
            return ""
        return " ".join(filter(None, [str(posts[0].department or ""), str(posts[0])]))

    @cached_property
    def runs_url(self) -> str:
        """Empty for people who may not read what a night did."""
        return address("tiering:runs") if access.scope(self.request).may(Right.READ_RUNS) else ""

    @cached_property
    def money_units(self) -> list[dict[str, Any]]:
        """The switch in the top bar; only yen come in several units."""
        if settings.BASE_CURRENCY != "JPY":
            return []
        return [
            {
                "value": unit.value,
                "label": formats.money_head(unit.value),
                "name": unit.label,
                "is_current": unit.value == _money_unit(self.request),
            }
            for unit in User.MoneyUnit
        ]


def _money_unit(request: HttpRequest) -> str:
    return getattr(request.user, "money_unit", User.MoneyUnit.THOUSAND.value)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {
        "chrome": Chrome(request),
        "product_name": settings.PRODUCT_NAME,
        "product_kana": "メリハリ" if settings.PRODUCT_NAME == "Merihari" else "",
        "screen_share": getattr(request, "screen_share", False),
        "money_unit": _money_unit(request),
        "theme": getattr(request.user, "theme", "auto"),
        "languages": settings.LANGUAGES,
    }
