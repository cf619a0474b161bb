"""The scope check: in a dialog from anywhere, or on a page of its own."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import picking
from customers.actions.scope import Outcome, record_inquiry
from customers.consumption.shown import HoursBar
from customers.contracts.in_force import agreed_with
from customers.models import Customer, ScopeInquiry
from customers.reach import customer_of
from customers.scope.forms import ScopeForm
from customers.scope.guideline import GUIDELINE, situations_of
from customers.scope.history import met_since
from customers.scope.judging import advice_for, judge
from customers.scope.sentences import replies_for
from customers.scope.words import headline, label_of, reason_of, words_of
from firm import access, formats, screen_share
from firm.dates import add_months, start_of_day, today
from firm.parts import asked_from, is_for_htmx, page_or_part
from firm.refusals import refusal_in
from firm.roles import Right
from firm.superiors import manager_of

PAST_CHECKS = 5
MONTHS = 6  # of which the service policy counts what was met


@require_GET
@access.needs(Right.RECORD_WORK)
def check(request: HttpRequest) -> HttpResponse:
    """The picker, the form for `?customer=`, and the answer once something is asked; with htmx
    and `?part=answer` the answer alone.
    """
    customer = picking.wanted(request)
    if customer is None:
        return _fragment(request, {"stage": "picker", **picking.offered(request)})
    form = _form(request, customer, request.GET if "request" in request.GET else None)
    context: dict[str, Any] = {"stage": "form", "customer": customer, "form": form}
    if not form.is_bound:
        return _fragment(request, {**context, "past": _past(request, customer)})
    context |= _answered(request, customer, form)
    return _fragment(request, context, status=200 if form.is_valid() else 422)


@require_GET
def advice(request: HttpRequest, pk: int) -> HttpResponse:
    """What the tier adds and whom to ask, as lines under the answer; none of the tier's while the
    screen is shared.
    """
    customer = customer_of(request, pk, may=Right.RECORD_WORK)
    on, minutes = today(), picking.number(request.GET.get("minutes", "")) or None
    shared = screen_share.is_on(request)
    context = {
        "advice": [] if shared else advice_for(customer, on=on, minutes=minutes),
        # Until requests take their route, the nearest superior decides.
        "approver": manager_of(access.reader(request), on=on),
        "customer": customer,
    }
    return page_or_part(request, "customers/scope_advice.html", "rows", context)


@require_GET
@access.needs(Right.RECORD_WORK)
def customers(request: HttpRequest) -> HttpResponse:
    """What the picker offers while one types."""
    return render(request, "customers/scope.html#found", picking.offered(request))


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What has become of it; where work follows, on to the quick log."""
    customer = customer_of(request, pk, may=Right.RECORD_WORK)
    form = _form(request, customer, request.POST)
    inquiry = _recorded(request, customer, form)
    if inquiry is None:
        context = {"stage": "form", "customer": customer, "form": form}
        context |= _answered(request, customer, form)
        return _fragment(request, context, status=422)
    return _done(request, inquiry)


@require_GET
@access.needs(Right.RECORD_WORK)
def guideline(request: HttpRequest) -> HttpResponse:
    """What we recommend in which situation, with the words for it and how often it was met."""
    shared = screen_share.is_on(request)
    since = start_of_day(add_months(today(), -MONTHS))
    met = {} if shared else met_since(since, scope=access.scope(request))
    context = {
        "situations": [(one, met.get(one.code)) for one in GUIDELINE],
        "shows_met": not shared,
    }
    return render(request, "customers/scope_guideline.html", context)


def _form(request: HttpRequest, customer: Customer, data: Any) -> ScopeForm:
    contacts = customer.contacts.all()
    if request.GET.get("part") == "answer":  # nothing to choose from is shown
        chosen = picking.number(request.GET.get("contact", ""))
        contacts = contacts.filter(pk=chosen) if chosen else contacts.none()
    return ScopeForm(
        data,
        agreed=agreed_with(customer.pk, on=today()),
        contacts=list(contacts),
        initial={"day": today(), "channel": request.GET.get("channel", "")},
    )


def _recorded(request: HttpRequest, customer: Customer, form: ScopeForm) -> ScopeInquiry | None:
    if not form.is_valid():
        return None
    with refusal_in(form):
        return record_inquiry(
            customer=customer,
            question=form.question(today=today()),
            outcome=request.POST.get("outcome", ""),
            by=access.reader(request),
            now=timezone.now(),
        )
    return None


def _answered(request: HttpRequest, customer: Customer, form: ScopeForm) -> dict[str, Any]:
    """The answer with all that is shown of it; nothing where the form is not valid."""
    if not form.is_valid():
        return {}
    question = form.question(today=today())
    answer = judge(customer, question, agreed=form.agreed if question.on == today() else None)
    may_see_price = access.scope(request).may(Right.PRICE)
    met = situations_of(answer)
    return {
        "answer": answer,
        "headline": headline(answer.verdict, answer.facts),
        "facts": [(fact, label_of(fact), words_of(fact)) for fact in answer.facts],
        "decisive": reason_of(answer.decisive) if answer.decisive else "",
        "hours": HoursBar(answer.hours, answer.question.on) if answer.hours else None,
        # In full: it is quoted to the customer.
        "price": formats.money(answer.price, "yen") if may_see_price and answer.price else None,
        "replies": replies_for(answer, with_price=may_see_price),
        "situations": [one for one in GUIDELINE if one.code in met],
    }


def _past(request: HttpRequest, customer: Customer) -> list[ScopeInquiry]:
    """None while the screen is shared: they tell what was given as goodwill."""
    if screen_share.is_on(request):
        return []
    found = customer.scope_inquiries.select_related("asked_by").order_by("-asked_at")
    return list(found[:PAST_CHECKS])


def _done(request: HttpRequest, inquiry: ScopeInquiry) -> HttpResponse:
    said = _("Kept with the scope checks of %(customer)s.") % {"customer": inquiry.customer.name}
    is_work = inquiry.outcome in (Outcome.LOGGED, Outcome.GOODWILL)
    if not is_for_htmx(request):
        messages.success(request, said)
        file = reverse("customers:file", args=[inquiry.customer_id])
        return redirect(_quick_log(inquiry) if is_work else file)
    if not is_work:
        happened = {"toast": said, "close-modal": True}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    if _is_own_page(request):
        return HttpResponse(status=204, headers={"HX-Redirect": _quick_log(inquiry)})
    # The browser follows by itself, and the quick log takes the place of the check.
    return redirect(_quick_log(inquiry))


def _quick_log(inquiry: ScopeInquiry) -> str:
    about = {"customer": inquiry.customer_id, "inquiry": inquiry.pk}
    return f"{reverse('customers:log-new')}?{urlencode(about)}"


def _is_own_page(request: HttpRequest) -> bool:
    return asked_from(request) == reverse("customers:scope")


def _fragment(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    part = ""
    if is_for_htmx(request):
        part = "#answer" if request.GET.get("part") == "answer" else "#scope-check"
    return render(request, f"customers/scope.html{part}", context, status=status)
