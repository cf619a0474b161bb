"""Benefits given to a customer: used and left, recording one, taking an entry back."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from firm import access
from firm.dates import today
from firm.forms import DayField
from firm.paging import page_of
from firm.refusals import refusal_in, refusal_of, refusal_told
from firm.roles import Right
from tiering import actions
from tiering.benefits import Caution, Entry, Logged, caution, checklist_of, logged_days
from tiering.catalogue import Offer, offers
from tiering.models import Benefit, BenefitUse
from tiering.reach import customers_in_reach
from tiering.screen import check_tiers_may_show
from tiering.tier_shown import CaseOfPage

_OWN = ("pk", "code", "name", "name_en", "unit", "unit_en")


class UseForm(forms.Form):
    """`confirmed` says that the word of caution has been read."""

    service = forms.ChoiceField(label=gettext_lazy("Benefit"))
    day = DayField(label=gettext_lazy("Day"))
    quantity = forms.IntegerField(
        label=gettext_lazy("How much"),
        min_value=1,
        max_value=100_000,
        initial=1,
        help_text=gettext_lazy("Minutes for the goodwill budget, otherwise how many"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, own: Iterable[Benefit], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.offers = {code: offer for code, offer in offers(own).items() if offer.is_usable}
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, offer.label) for code, offer in self.offers.items()]

    @property
    def offer(self) -> Offer:
        return self.offers[self.cleaned_data["service"]]

    @property
    def what(self) -> dict[str, Any]:
        """How much of it was given, and when."""
        return {name: self.cleaned_data[name] for name in ("quantity", "day")}


@require_GET
def benefits(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be used and was, with every entry; `?service=` is chosen in the form."""
    initial = {"day": today(), "service": request.GET.get("service", "")}
    customer = _customer(request, pk)
    return _page(request, customer, form=UseForm(initial=initial, own=_own_benefits(customer)))


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """At once where the tier has it and enough is left; else after a word of caution."""
    customer = _customer(request, pk, may=Right.RECORD_WORK)
    form = UseForm(request.POST, own=_own_benefits(customer))
    warning = None
    if form.is_valid():
        if not form.cleaned_data["confirmed"]:
            warning = caution(customer, form.offer, **form.what)
        if warning is None and _recorded(request, customer, form):
            return _to_file(request, customer, _("%(benefit)s is recorded."), form.offer)
    return _page(request, customer, form=form, warning=warning, status=422)


def _recorded(request: HttpRequest, customer: Customer, form: UseForm) -> bool:
    """Whether it was; else the form says why not."""
    with refusal_in(form, "day"):
        actions.record_use(
            customer=customer,
            service=form.offer.code,
            note=form.cleaned_data["note"],
            by=access.reader(request),
            now=timezone.now(),
            **form.what,
        )
        return True
    return False


@require_POST
def reverse_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mistaken entry back."""
    uses = BenefitUse.objects.select_related("customer", "benefit")
    use = get_object_or_404(uses, pk=pk)
    customer = _customer(request, use.customer_id, may=Right.RECORD_WORK)
    with refusal_told(request):
        actions.reverse_use(use=use, by=access.reader(request), now=timezone.now())
        return _to_file(
            request, customer, _("The entry is taken back: %(benefit)s."), Entry(use).offer
        )
    return redirect("tiering:benefits", pk=customer.pk)


def _to_file(request: HttpRequest, customer: Customer, sentence: str, offer: Offer) -> HttpResponse:
    messages.success(request, sentence % {"benefit": offer.label})
    return redirect(f"{reverse('customers:file', args=[customer.pk])}#benefits")


def _customer(request: HttpRequest, pk: int, *, may: Right | None = None) -> Customer:
    """With the firm's own benefits, and what the service log took from the goodwill budget."""
    check_tiers_may_show(request)
    own = Benefit.objects.order_by("pk").values(
        json=JSONObject(**{column: column for column in _OWN})
    )
    logged = logged_days(OuterRef("pk"), on=today())
    with_both = customers_in_reach(request, may=may).annotate(
        own_read=ArraySubquery(own),
        logged_read=ArraySubquery(logged.values(json=JSONObject(day="day", minutes="minutes"))),
    )
    return get_object_or_404(with_both, pk=pk)


def _own_benefits(customer: Any) -> list[Benefit]:
    return [Benefit(**row) for row in customer.own_read]


def _logged(customer: Any) -> Logged:
    days = customer.logged_read
    return {datetime.date.fromisoformat(row["day"]): row["minutes"] for row in days}


def _page(
    request: HttpRequest,
    customer: Customer,
    *,
    form: UseForm,
    warning: Caution | None = None,
    status: int = 200,
) -> HttpResponse:
    entries = BenefitUse.objects.filter(customer=customer, reverses__isnull=True)
    related = ("benefit", "recorded_by", "reversed_by__recorded_by")
    uses, links = page_of(request, entries.select_related(*related), sort="-id")
    by, now = access.reader(request), timezone.now()
    context: dict[str, Any] = {
        "customer": customer,
        "on": today(),
        "allotments": checklist_of(
            CaseOfPage(request, customer, today()), logged=_logged(customer)
        ),
        "entries": [Entry(use) for use in uses],
        "form": form,
        "warning": warning,
        "refusal": refusal_of(actions.check_can_record_use, customer=customer, by=by, now=now),
        **links,
    }
    return render(request, "tiering/benefits.html", context, status=status)
