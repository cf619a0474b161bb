"""Goodwill work: one customer's register, the mark on one entry, all customers of one's files."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import actions
from customers.contracts.wording import hours_text
from customers.giving import register
from customers.giving.forms import GoodwillForm, PeriodForm
from customers.models import Activity, Customer, CustomerSnapshot
from customers.prices import hourly_price
from customers.reach import check_is_not_shared, customer_of, entry_of
from customers.service_log.entries import live_favor
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.refusals import Refused, refusal_in
from firm.roles import Right

SHOWN_WITH = ("staff", "contact", "favor__told")


@require_GET
def goodwill(request: HttpRequest, pk: int) -> HttpResponse:
    """What was given to the customer in a period, by month, and piece by piece."""
    customer, form = _customer(request, pk), PeriodForm(request.GET)
    rows = _given(customer, form)
    entries, links = page_of(request, rows.select_related(*SHOWN_WITH), sort="-day")
    context = {
        **_of_page(request, customer, form),
        "sum": register.sum_of(rows),
        "months": register.by_month(rows),
        "categories": register.categories_of(pk),
        "expected": register.expected_by(pk, on=today()),
        "rows": entries,
        **links,
    }
    return render(request, "customers/goodwill.html", context)


@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the customer, on paper: what and how much, none of our reasons."""
    customer, form = _customer(request, pk), PeriodForm(request.GET)
    rows = _given(customer, form)
    context = {
        **_of_page(request, customer, form),
        "sum": register.sum_of(rows),
        "rows": rows.select_related("favor").order_by("-day", "-pk"),
    }
    return render(request, "customers/goodwill_sheet.html", context)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    customer, form = _customer(request, pk), PeriodForm(request.GET)
    shows_price = access.scope(request).may(Right.PRICE)
    header = [_("Day"), _("Category"), _("Note"), _("Hours"), _("Why for nothing")]
    header += [_("Customer knows"), _("Who of us knows as well"), _("Goodwill budget")]
    rows = _given(customer, form).select_related(*SHOWN_WITH).order_by("-day", "-pk")
    cells = (
        [
            row.day,
            row.favor.category,
            row.note,
            row.minutes / 60,
            row.favor.why,
            row.favor.customer_knows,
            row.favor.told.name if row.favor.told else "",
            row.favor.from_budget,
            *([row.favor.usual_price] if shows_price else []),
        ]
        for row in rows.iterator(chunk_size=1000)
    )
    if shows_price:
        header.append(_("Usual price"))
    name = f"{_('Goodwill work')} {customer.code} {today():%Y-%m-%d}"
    return table_response(name, header, cells, format=request.GET.get("format", "xlsx"))


@require_GET
def mark_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The mark of one entry, filled in; for one that has none yet, with the usual price."""
    entry = _entry(request, pk)
    favor = live_favor(entry)
    if favor is not None:
        said = {name: getattr(favor, name) for name in GoodwillForm.base_fields}
        return _mark_page(request, entry, GoodwillForm(initial=said, entry=entry))
    price = hourly_price(entry.customer_id, on=entry.day)
    usual = price.of(entry.minutes) if price else None
    form = GoodwillForm(initial={"usual_price": usual}, entry=entry)
    return _mark_page(request, entry, form)


@require_POST
def save_mark(request: HttpRequest, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    form = GoodwillForm(request.POST, entry=entry)
    by, now = access.reader(request), timezone.now()
    if form.is_valid():
        favor = live_favor(entry)
        with refusal_in(form):
            if favor is None:
                actions.mark_goodwill(activity=entry, by=by, now=now, **form.cleaned_data)
            else:
                actions.change_goodwill(favor=favor, by=by, now=now, **form.cleaned_data)
            messages.success(request, _("Noted as goodwill work."))
            return redirect("customers:goodwill", pk=entry.customer_id)
    return _mark_page(request, entry, form, status=422)


@require_POST
def unmark(request: HttpRequest, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    favor = live_favor(entry)
    if favor is None:
        raise Refused(_("The mark of goodwill work has been taken off this entry."))
    actions.unmark_goodwill(favor=favor, by=access.reader(request), now=timezone.now())
    messages.success(request, _("The mark is taken off. The work stays in the log."))
    return redirect("customers:goodwill", pk=entry.customer_id)


@require_GET
def of_all(request: HttpRequest) -> HttpResponse:
    """The customers whose file one has, by their names: it ranks neither them nor anybody."""
    check_is_not_shared(request)
    form, on = PeriodForm(request.GET), today()
    since = register.first_day(on, months=form.chosen_months)
    found = register.customers_given(access.scope(request), since=since, until=on)
    customers, links = page_of(request, found.select_related("owner"), sort="sort_key")
    context = {
        "form": form,
        "since": since,
        "today": on,
        "rows": _with_sums(customers, since=since, until=on),
        "shows_price": access.scope(request).may(Right.PRICE),
        "query": request.GET.urlencode(),
        **links,
    }
    return render(request, "customers/goodwill_list.html", context)


@require_GET
def of_all_export(request: HttpRequest) -> HttpResponseBase:
    check_is_not_shared(request)
    form, on, scope = PeriodForm(request.GET), today(), access.scope(request)
    since = register.first_day(on, months=form.chosen_months)
    found = register.customers_given(scope, since=since, until=on).order_by("sort_key", "pk")
    header = [_("Code"), _("Name"), _("How often"), _("Hours"), _("Becoming expected")]
    shows_price = scope.may(Right.PRICE)
    if shows_price:
        header.append(_("Usual price"))
    cells = (
        [
            row.code,
            row.name,
            given.count,
            given.minutes / 60,
            _(", ").join(category for category, _times in expected),
            *([given.usual_price] if shows_price else []),
        ]
        for row, given, expected in _with_sums(list(found), since=since, until=on)
    )
    name = f"{_('Goodwill work')} {on:%Y-%m-%d}"
    return table_response(name, header, cells, format=request.GET.get("format", "xlsx"))


Line = tuple[CustomerSnapshot, register.Given, list[tuple[str, int]]]


def _with_sums(
    rows: list[CustomerSnapshot], *, since: datetime.date, until: datetime.date
) -> list[Line]:
    """Each customer with what was given and what is becoming expected."""
    ids = [row.pk for row in rows]
    sums = register.sums_of(ids, since=since, until=until)
    expected = register.expected_by_each(ids, on=until)
    nothing = register.Given()
    return [(row, sums.get(row.pk, nothing), expected.get(row.pk, [])) for row in rows]


def _customer(request: HttpRequest, pk: int) -> Customer:
    check_is_not_shared(request)
    return customer_of(request, pk)


def _entry(request: HttpRequest, pk: int) -> Activity:
    check_is_not_shared(request)
    return entry_of(request, pk, may=Right.RECORD_WORK)


def _given(customer: Customer, form: PeriodForm) -> Any:
    since = register.first_day(today(), months=form.chosen_months)
    return register.given_to(customer.pk, since=since, until=today(), category=form.chosen_category)


def _of_page(request: HttpRequest, customer: Customer, form: PeriodForm) -> dict[str, Any]:
    scope, query = access.scope(request), request.GET.copy()
    query.pop("after", None)
    return {
        "customer": customer,
        "form": form,
        "since": register.first_day(today(), months=form.chosen_months),
        "today": today(),
        "query": query.urlencode(),
        "shows_price": scope.may(Right.PRICE),
        "may_give": scope.may(Right.RECORD_WORK),
    }


def _mark_page(
    request: HttpRequest, entry: Activity, form: GoodwillForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "entry": entry,
        "customer": entry.customer,
        "favor": live_favor(entry),
        "form": form,
        "hours": hours_text(entry.minutes),
        "categories": register.categories_of(entry.customer_id),
    }
    return render(request, "customers/goodwill_mark.html", context, status=status)
