"""A customer's contracts: signed, revised, corrected, ended; the sheet to hand out."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.actions import contracts as actions
from customers.consumption.hours import hours_of
from customers.consumption.shown import HoursBar
from customers.contracts.forms import (
    EndForm,
    NewContractForm,
    RevisionForm,
    TermForms,
    initial_from,
    initial_of,
    line_of,
    lines_of,
    term_forms,
)
from customers.contracts.in_force import agreed_with
from customers.contracts.templates import start_of
from customers.giving.register import usually_given
from customers.models import Contract, ContractRevision, Customer
from customers.reach import contract_of, customer_of, revision_of
from firm import access, screen_share
from firm.dates import today
from firm.refusals import Refused, refusal_in
from firm.roles import Right


@require_GET
@access.needs(Right.EDIT_CUSTOMERS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, filled in from `?template=`."""
    customer = customer_of(request, pk)
    template = request.GET.get("template", "")
    if template not in Contract.Template.values:
        template = Contract.Template.MAINTENANCE
    start = start_of(template)
    label = str(Contract.Template(template).label)
    initial = {"name": label, "template": template, **initial_from(start, today=today())}
    return _form(
        request, customer, NewContractForm(initial=initial), term_forms(lines=[*start.terms])
    )


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def create(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_of(request, pk)
    form, terms = NewContractForm(request.POST), term_forms(request.POST)

    def sign() -> None:
        actions.sign_contract(
            customer=customer,
            name=form.cleaned_data["name"],
            template=form.cleaned_data["template"],
            **_written(request, form, terms),
        )

    if _done(form, terms, sign):
        messages.success(request, _("The contract has been added."))
        return redirect("customers:file", pk=pk)
    return _form(request, customer, form, terms, status=422)


@require_GET
@access.needs(Right.EDIT_CUSTOMERS)
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The last revision once more, to be changed from a day on."""
    contract = contract_of(request, pk)
    last = contract.revisions.order_by("-valid_from").prefetch_related("terms").first()
    initial = {**initial_of(last), "valid_from": None, "valid_to": None} if last else {}
    lines = [line_of(term) for term in last.terms.all()] if last else []
    return _form(
        request,
        contract.customer,
        RevisionForm(initial=initial),
        term_forms(lines=lines),
        contract=contract,
    )


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def save_revision(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of(request, pk)
    form, terms = RevisionForm(request.POST), term_forms(request.POST)

    def revise() -> None:
        actions.revise_contract(
            contract=contract,
            **_written(request, form, terms),
        )

    if _done(form, terms, revise):
        messages.success(request, _("The contract has been revised."))
        return redirect("customers:file", pk=contract.customer_id)
    return _form(request, contract.customer, form, terms, contract=contract, status=422)


@require_GET
@access.needs(Right.EDIT_CUSTOMERS)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    revision = revision_of(request, pk)
    return _form(
        request,
        revision.contract.customer,
        RevisionForm(initial=initial_of(revision)),
        term_forms(lines=[line_of(term) for term in revision.terms.all()]),
        contract=revision.contract,
        revision=revision,
    )


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def save_correction(request: HttpRequest, pk: int) -> HttpResponse:
    revision = revision_of(request, pk)
    form, terms = RevisionForm(request.POST), term_forms(request.POST)

    def correct() -> None:
        actions.correct_revision(
            revision=revision,
            **_written(request, form, terms),
        )

    if _done(form, terms, correct):
        messages.success(request, _("The contract has been corrected."))
        return redirect("customers:file", pk=revision.contract.customer_id)
    customer, contract = revision.contract.customer, revision.contract
    return _form(request, customer, form, terms, contract=contract, revision=revision, status=422)


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of(request, pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose the first day without the contract."))
    actions.end_contract(
        contract=contract,
        ends_on=form.cleaned_data["ends_on"],
        by=access.reader(request),
        now=timezone.now(),
    )
    messages.success(request, _("The contract ends."))
    return redirect("customers:file", pk=contract.customer_id)


@require_POST
def explained(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever has the file notes that the scope was gone through with the customer, today."""
    revision = revision_of(request, pk, may=Right.RECORD_WORK)
    actions.record_explained(
        revision=revision, on=today(), by=access.reader(request), now=timezone.now()
    )
    messages.success(request, _("Noted as explained."))
    return redirect("customers:file", pk=revision.contract.customer_id)


@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What's included, on one page to print: for the customer, so without tier or flag."""
    customer = customer_of(request, pk)
    on = today()
    context: dict[str, Any] = {"customer": customer, "agreed": agreed_with(pk, on=on), "on": on}
    if any(held.has_hours for held in context["agreed"]):
        context["hours"] = HoursBar(hours_of([pk], on=on)[pk], on)
    if access.scope(request).may(Right.PRICE):
        context["may_see_price"] = True
        if not screen_share.is_on(request):
            context["given"] = usually_given(pk, on=on)
    return render(request, "customers/scope_sheet.html", context)


def _written(request: HttpRequest, form: RevisionForm, terms: TermForms) -> dict[str, Any]:
    """What the valid forms say, by whom and when, as the actions take it."""
    return {
        "valid_from": form.cleaned_data["valid_from"],
        "valid_to": form.cleaned_data["valid_to"],
        "data": form.data_of_revision,
        "terms": lines_of(terms),
        "by": access.reader(request),
        "now": timezone.now(),
    }


def _done(form: RevisionForm, terms: TermForms, act: Callable[[], None]) -> bool:
    """Whether the forms are valid and the action took them; its refusal becomes the form's."""
    if not (form.is_valid() and terms.is_valid()):
        return False
    with refusal_in(form):
        act()
        return True
    return False


def _form(
    request: HttpRequest,
    customer: Customer,
    form: RevisionForm,
    terms: TermForms,
    *,
    contract: Contract | None = None,
    revision: ContractRevision | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": customer,
        "contract": contract,
        "revision": revision,
        "form": form,
        "terms": terms,
        "templates": Contract.Template.choices,
    }
    return render(request, "customers/contract_form.html", context, status=status)
