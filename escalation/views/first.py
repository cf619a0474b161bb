"""The first address: the demo's front page for strangers, the list for people of the firm."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from escalation.demo import first_screen
from escalation.demo.cards import log_cards
from firm.access import public
from firm.models import Firm

SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"


@public
@require_GET
def first(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("customers:list")
    if not Firm.objects.filter(is_demo=True).exists():
        return redirect("account_login")
    found = first_screen.split()
    context = {
        "found": found,
        "log_cards": log_cards() if found else [],
        "rule_cards": first_screen.rule_cards(found) if found else [],
        "logins": first_screen.logins(),
    }
    return render(request, "demo/first.html", context)


@public
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, without a password; in a real firm there is no such
    address.
    """
    if not Firm.objects.filter(is_demo=True).exists():
        raise Http404
    person = first_screen.login_of(request.POST.get("person", ""))
    if person is None:
        raise Http404
    login(request, person, backend=SIGNED_IN_BY)
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if is_ours else "customers:list")
