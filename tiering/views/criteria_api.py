"""What tiers ask for beside the revenue, in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tiering.criteria import Condition
from tiering.models import TierCriterion


class BoundField(serializers.DecimalField):
    """In the unit of the fact; null for a contract type."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, allow_null=True, **kwargs)


class TierCriterionSerializer(serializers.Serializer):
    """Asked for besides the threshold (`all`), or enough without it (`any`)."""

    needs = serializers.ChoiceField(choices=TierCriterion.Needs.choices)
    fact = serializers.ChoiceField(choices=TierCriterion.Fact.choices)
    choice = serializers.CharField(help_text="the contract type asked for; empty otherwise")
    enter = BoundField()
    keep = BoundField()


class ConditionSerializer(TierCriterionSerializer):
    """The same beside what the customer has: `value`, null also where it is a margin that the
    reader may not see.
    """

    value = serializers.SerializerMethodField(method_name="value_of")
    enters = serializers.BooleanField()
    keeps = serializers.BooleanField()

    @extend_schema_field(BoundField())
    def value_of(self, condition: Condition) -> str | None:
        is_hidden = condition.fact == TierCriterion.Fact.MARGIN and not self.context["may_margin"]
        if condition.value is None or is_hidden:
            return None
        return f"{condition.value:.4f}"


class WaySerializer(serializers.Serializer):
    """One fact alone, other than money, that turns the result from this `bound` on."""

    fact = serializers.ChoiceField(choices=TierCriterion.Fact.choices)
    choice = serializers.CharField()
    bound = BoundField()
    value = BoundField()
