"""What surrounds every page: navigation, saved views, the reader's wishes.

Everything that needs the database waits until a template asks for it, so that a fragment for
htmx costs nothing here. What the parts of the frame are made of are values, so that each part is
written once (firm/fragments.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from firm import access, formats
from firm.models import Firm, User
from firm.roles import Right
from firm.rows import columns, instance
from firm.scope import Scope

TABS = 5  # at the foot of the phone's page


@dataclass(frozen=True)
class Entry:
    """A line of the navigation, or a tab on the phone. It is shown where its address exists and
    `allowed` says yes, on a shared screen only where it may be. How many things there wait for
    this person, the functions of `settings.BADGES` say.
    """

    url_name: str
    label: Promise
    icon: str
    allowed: Callable[[Scope], bool] = lambda scope: True
    on_shared_screen: bool = True

    def count(self, scope: Scope) -> int:
        return sum(import_string(path)(scope) for path in settings.BADGES.get(self.url_name, ()))


def _may(right: Right) -> Callable[[Scope], bool]:
    return lambda scope: scope.may(right)


NAVIGATION = [
    Entry("customers:list", _("Customers"), "building"),
    Entry("customers:log-week", _("Service log"), "pencil", _may(Right.RECORD_WORK)),
    Entry(
        "tiering:findings", _("Over & under"), "scale", _may(Right.REVENUE), on_shared_screen=False
    ),
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


@dataclass(frozen=True)
class Unit:
    """A unit of amounts in the switch."""

    value: str
    label: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class Topbar:
    """The bar on top, with the menu of the person: what it is made of."""

    is_signed_in: bool
    is_shared: bool
    search_url: str
    suggest_url: str
    scope_url: str
    log_url: str
    money_units: tuple[Unit, ...]
    beyond_tabs: tuple[Link, ...]
    theme: str
    name: str
    email: str
    post: str


@cache
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
        """With the reader's `views` and the `latest_closed` month, in one query."""
        values = {"reader": self.request.user.pk, "pages": list(SAVED_VIEW_PAGES)}
        with connection.cursor() as cursor:
            cursor.execute(_firm(), values)
            row = cursor.fetchone()
        if row is None:
            return None
        firm = instance(Firm, row)
        firm.views, firm.latest_closed = row[-2] or [], row[-1]  # type: ignore[attr-defined]
        return firm

    def _links(self, entries: list[Entry]) -> tuple[Link, ...]:
        if not self.request.user.is_authenticated:
            return ()
        scope, is_shared = access.scope(self.request), _is_shared(self.request)
        return tuple(
            Link(
                label=str(entry.label),
                href=href,
                icon=entry.icon,
                is_current=self.request.path.startswith(href),
                count=entry.count(scope),
            )
            for entry in entries
            if (href := address(entry.url_name))
            and entry.allowed(scope)
            and (entry.on_shared_screen or not is_shared)
        )

    @cached_property
    def navigation(self) -> tuple[Link, ...]:
        return self._links(NAVIGATION)

    @cached_property
    def administration(self) -> tuple[Link, ...]:
        return self._links(ADMINISTRATION)

    @cached_property
    def tabs(self) -> tuple[Link, ...]:
        """What the phone has room for, recording work in the middle; the person's menu there has
        the rest.
        """
        tabs = [*self.navigation, *self.administration][: self._room]
        if url := self._recording("customers:log-new"):
            log = Link(
                str(_("Log")), url, "plus", is_current=self.request.path == url, is_middle=True
            )
            tabs.insert(len(tabs) // 2, log)
        return tuple(tabs)

    @cached_property
    def topbar(self) -> Topbar:
        user = self.request.user
        return Topbar(
            is_signed_in=user.is_authenticated,
            is_shared=_is_shared(self.request),
            search_url=address("customers:list") if user.is_authenticated else "",
            suggest_url=address("customers:search"),
            scope_url=self._recording("customers:scope"),
            log_url=self._recording("customers:log-new"),
            money_units=self._money_units(),
            beyond_tabs=(*self.navigation, *self.administration)[self._room :],
            theme=_theme(self.request),
            name=getattr(user, "name", ""),
            email=getattr(user, "email", None) or "",
            post=self._post() if user.is_authenticated else "",
        )

    @property
    def _room(self) -> int:
        return TABS - 1 if self._recording("customers:log-new") else TABS

    @cached_property
    def late(self) -> dict[str, str]:
        """What differs from one request to the next: for places in parts that are kept."""
        return {
            "csrf_token": get_token(self.request),
            "here": self.request.get_full_path(),
            "typed": self.request.GET.get("q", ""),
            "about": self._about,
        }

    @property
    def log_url(self) -> str:
        """Where work is recorded; on a customer's pages for that customer."""
        url = self._recording("customers:log-new")
        return f"{url}{self._about}" if url else ""

    @property
    def scope_url(self) -> str:
        """Where one asks whether something is in scope; for the customer of the page, too."""
        url = self._recording("customers:scope")
        return f"{url}{self._about}" if url else ""

    def _recording(self, url_name: str) -> str:
        """The address for people who record work, else ""."""
        if not self.request.user.is_authenticated:
            return ""
        return address(url_name) if access.scope(self.request).may(Right.RECORD_WORK) else ""

    @cached_property
    def _about(self) -> str:
        match = self.request.resolver_match
        if match is not None and match.route.startswith("customers/<int:pk>/"):
            return f"?customer={match.kwargs['pk']}"
        return ""

    @cached_property
    def saved_views(self) -> tuple[Link, ...]:
        """None while the screen is shared: their names may say what a customer must not read."""
        if not self.request.user.is_authenticated or _is_shared(self.request):
            return ()
        return tuple(
            Link(
                view["name"],
                f"{address(SAVED_VIEW_PAGES[view['page']])}?{view['query']}",
                "star",
                pk=view["pk"],
                query=view["query"],
            )
            for view in (self.firm.views if self.firm else [])  # type: ignore[attr-defined]
        )

    def _post(self) -> str:
        """The department and title under the person's name: 営業部 第一課."""
        posts = access.scope(self.request).posts
        if not posts:
            return ""
        return " ".join(filter(None, [str(posts[0].department or ""), str(posts[0])]))

    @cached_property
    def runs_url(self) -> str:
        """Empty for people who may not read what a night did."""
        return address("tiering:runs") if access.scope(self.request).may(Right.READ_RUNS) else ""

    def _money_units(self) -> tuple[Unit, ...]:
        """Only yen come in several units."""
        if settings.BASE_CURRENCY != "JPY":
            return ()
        current = _money_unit(self.request)
        return tuple(
            Unit(unit.value, formats.money_head(unit.value), str(unit.label), unit.value == current)
            for unit in User.MoneyUnit
        )


@cache
def _firm() -> str:
    return f"""
    SELECT {columns(Firm, "firm")},
           (SELECT json_agg(json_build_object('pk', id, 'page', page, 'name', name, 'query', query)
                            ORDER BY name)
              FROM firm_savedview WHERE user_id = %(reader)s AND page = ANY(%(pages)s)),
           (SELECT max(month) FROM firm_closedmonth WHERE reopened_at IS NULL)
      FROM firm_firm firm"""


def _money_unit(request: HttpRequest) -> str:
    return getattr(request.user, "money_unit", User.MoneyUnit.THOUSAND.value)


def _theme(request: HttpRequest) -> str:
    return getattr(request.user, "theme", "auto")


def _is_shared(request: HttpRequest) -> bool:
    return getattr(request, "screen_share", False)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {
        "chrome": Chrome(request),
        "product_name": settings.PRODUCT_NAME,
        "product_kana": "メリハリ" if settings.PRODUCT_NAME == "Merihari" else "",
        "screen_share": _is_shared(request),
        "money_unit": _money_unit(request),
        "theme": _theme(request),
        "languages": settings.LANGUAGES,
    }
