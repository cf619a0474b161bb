"""Forms of the firm's own pages. They only make friendly what the actions decide."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm.dates import EARLIEST, LATEST, start_of_day
from firm.models import Department, User
from firm.roles import Role
from firm.wording import AUDIT, audit_name


class DayField(forms.DateField):
    """A calendar day from EARLIEST to LATEST, in the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("The day lies too far away."))
        return day


class NumberField(forms.DecimalField):
    """A decimal number, shown as somebody would write it: 13000, not 13000.0000."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class PostForm(forms.Form):
    """A role, and the department it is held in: one of the list, or a new one."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"), queryset=Department.objects.none(), required=False
    )
    new_department = forms.CharField(
        label=gettext_lazy("New department"),
        help_text=gettext_lazy("As a path from the top: 営業部/第一課"),
        max_length=200,
        required=False,
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the post"),
        help_text=gettext_lazy("As the firm calls the post; shown instead of the role."),
        max_length=80,
        required=False,
    )
    since = DayField(
        label=gettext_lazy("Holds from"),
        help_text=gettext_lazy("Empty: from today."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = Department.objects.select_related("parent__parent__parent")
        department.label_from_instance = lambda found: found.path
        department.empty_label = _("None")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("department") and cleaned.get("new_department"):
            self.add_error("new_department", _("Choose a department or name a new one, not both."))
        return cleaned


class NewPersonForm(PostForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    name_kana = forms.CharField(label=gettext_lazy("Name in kana"), max_length=80, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)

    field_order = ["name", "name_kana", "email"]


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "name_kana", "superior", "cost_grade"]
        labels = {
            "superior": gettext_lazy("Superior besides the department's"),
            "cost_grade": gettext_lazy("Cost grade"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        superior: Any = self.fields["superior"]
        superior.queryset = others.order_by("name")
        superior.empty_label = _("None")


class CompanyDaysForm(forms.Form):
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Empty: one day only."),
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def days(self) -> dict[str, Any]:
        """First and last day and the name, as actions.add_company_days takes them."""
        found = self.cleaned_data
        return {**found, "last": found["last"] or found["first"]}


class HolidayForm(forms.Form):
    day = DayField(label=gettext_lazy("Day"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


class MonthForm(forms.Form):
    """Carried by the buttons that close and reopen; its first day names a month."""

    month = DayField()


class AuditSearchForm(forms.Form):
    """All optional; what does not parse is left out of the search and said so."""

    code = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    person = forms.CharField(label=gettext_lazy("By"), max_length=80, required=False)
    subject = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    first = DayField(label=gettext_lazy("From day"), required=False)
    last = DayField(label=gettext_lazy("To day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted((audit_name(code), code) for code in AUDIT)
        choices = [("", _("All")), *((code, name) for name, code in acts)]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        """For queries.audit_events: days become moments of the firm's zone."""
        self.full_clean()
        found = self.cleaned_data
        return {
            "code": found.get("code", ""),
            "person": found.get("person", ""),
            "subject": found.get("subject", ""),
            "since": start_of_day(found["first"]) if found.get("first") else None,
            "until": (
                start_of_day(found["last"] + datetime.timedelta(days=1))
                if found.get("last")
                else None
            ),
        }
