"""The field in which people type amounts and per cent."""

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms


class AmountField(forms.DecimalField):
    """A number as people type it: 2,800,000 or ２８０万 without the 万."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-numeric": "", "size": 12})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int | Decimal) else value
