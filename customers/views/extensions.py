"""A contract's extensions: what was granted beyond it, and granting more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.actions import extend_scope
from customers.contracts.extension_form import ExtensionForm
from customers.models import Contract
from customers.reach import contract_of
from firm import access
from firm.dates import today
from firm.refusals import refusal_in
from firm.roles import Right


@require_GET
@access.needs(Right.EDIT_CUSTOMERS)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of(request, pk)
    return _page(request, contract, ExtensionForm(contract=contract, initial={"first": today()}))


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of(request, pk)
    form = ExtensionForm(request.POST, contract=contract)
    if form.is_valid():
        with refusal_in(form):
            extend_scope(
                contract=contract,
                by=access.reader(request),
                now=timezone.now(),
                **form.granted(),
            )
            messages.success(request, _("The extension has been granted."))
            return redirect("customers:file", pk=contract.customer_id)
    return _page(request, contract, form, status=422)


def _page(
    request: HttpRequest, contract: Contract, form: ExtensionForm, status: int = 200
) -> HttpResponse:
    context = {
        "contract": contract,
        "customer": contract.customer,
        "form": form,
        "extensions": contract.extensions.select_related("granted_by"),
        "today": today(),
    }
    return render(request, "customers/extension.html", context, status=status)
