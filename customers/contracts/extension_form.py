"""The form of an extension, in the units people write it in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contract, ScopeExtension, ScopeTerm
from firm.business_time import ONE_DAY
from firm.forms import DayField

HOUR = 60
# Values of what an extension is of: hours, or a count by its name.
HOURS, COUNT = "hours", "count:"


class ExtensionForm(forms.Form):
    """Hours, or one of the counts that the contract has; `last` is included."""

    what = forms.ChoiceField(label=gettext_lazy("What of"))
    quantity = forms.DecimalField(
        label=gettext_lazy("Hours or times"),
        max_digits=7,
        decimal_places=2,
        min_value=0,
    )
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"))
    reference = forms.CharField(
        label=gettext_lazy("Decision"),
        help_text=gettext_lazy("The number of the request, or who agreed to it."),
        max_length=ScopeExtension._meta.get_field("reference").max_length,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=ScopeExtension._meta.get_field("reason").max_length,
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = ScopeTerm.objects.filter(revision__contract=contract, kind=ScopeTerm.Kind.COUNT)
        names = counts.order_by("name").values_list("name", flat=True).distinct()
        what: Any = self.fields["what"]
        what.choices = [(HOURS, _("Included hours")), *((f"{COUNT}{name}", name) for name in names)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        quantity = found.get("quantity")
        if quantity is not None and self._amount(quantity) != int(self._amount(quantity)):
            self.add_error("quantity", _("Times are whole numbers, hours whole minutes."))
        return found

    def _amount(self, quantity: Decimal) -> Decimal:
        return quantity * HOUR if self.cleaned_data.get("what") == HOURS else quantity

    def granted(self) -> dict[str, Any]:
        """As the action takes it."""
        data = self.cleaned_data
        return {
            "kind": ScopeTerm.Kind.HOURS if data["what"] == HOURS else ScopeTerm.Kind.COUNT,
            "name": data["what"].removeprefix(COUNT) if data["what"] != HOURS else "",
            "amount": int(self._amount(data["quantity"])),
            "starts_on": data["first"],
            "ends_on": data["last"] + ONE_DAY,
            "reference": data["reference"],
            "reason": data["reason"],
        }
