"""/api/v1: a customer's contracts as they stand on a day, new contracts and revisions."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions import contracts as actions
from customers.contracts.in_force import Agreed, agreed_with
from customers.contracts.kinds import Kind, Period, TermLine
from customers.contracts.wording import sentence_of
from customers.models import Channel, Contract, ContractRevision, ScopeTerm
from customers.reach import contract_of, customer_of
from firm import access
from firm.api import DayField, StrictSerializer, body_of, day_in, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.models import WorkCalendar
from firm.money import LARGEST
from firm.roles import Right
from firm.scope import Scope

AS_OF = OpenApiParameter("as_of", datetime.date, description="today where it is left out")


class ScopeTermSerializer(serializers.ModelSerializer):
    """`amount` is minutes for hours, business minutes for a first response, else a count."""

    words = serializers.SerializerMethodField(help_text="in the reader's language")

    class Meta:
        model = ScopeTerm
        fields = [
            "kind",
            "name",
            "amount",
            "period",
            "channel",
            "emergency",
            "calendar",
            "included",
            "excluded",
            "words",
        ]

    def get_words(self, term: ScopeTerm) -> str:
        return sentence_of(term)


class ExtensionSerializer(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    amount = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reference = serializers.CharField()
    reason = serializers.CharField()


class ContractSerializer(serializers.Serializer):
    """A contract on a day. Amounts are null without their permission."""

    id = serializers.IntegerField(source="revision.contract_id")
    name = serializers.CharField(source="revision.contract.name")
    template = serializers.CharField(source="revision.contract.template")
    revision = serializers.IntegerField(source="revision.number")
    valid_from = serializers.DateField(source="revision.valid_from")
    valid_to = serializers.DateField(source="revision.valid_to", allow_null=True)
    monthly_fee = serializers.SerializerMethodField(help_text="needs `revenue`")
    annual_value = serializers.SerializerMethodField(help_text="needs `revenue`")
    price_beyond = serializers.SerializerMethodField(help_text="an hour; needs `price`")
    carry_over = serializers.CharField(source="revision.carry_over")
    carry_cap = serializers.IntegerField(source="revision.carry_cap", allow_null=True)
    carry_months = serializers.IntegerField(source="revision.carry_months", allow_null=True)
    carries_deficit = serializers.BooleanField(source="revision.carries_deficit")
    renews_on = serializers.DateField(source="revision.renews_on", allow_null=True)
    notice_days = serializers.IntegerField(source="revision.notice_days", allow_null=True)
    explained_on = serializers.DateField(source="revision.explained_on", allow_null=True)
    terms = ScopeTermSerializer(many=True)
    extensions = ExtensionSerializer(many=True)

    def get_monthly_fee(self, agreed: Agreed) -> Decimal | None:
        return agreed.revision.monthly_fee if self._may(Right.REVENUE) else None

    def get_annual_value(self, agreed: Agreed) -> Decimal | None:
        return agreed.revision.annual_value if self._may(Right.REVENUE) else None

    def get_price_beyond(self, agreed: Agreed) -> Decimal | None:
        return agreed.revision.price_beyond if self._may(Right.PRICE) else None

    def _may(self, right: Right) -> bool:
        scope: Scope = self.context["scope"]
        return scope.may(right)


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, max_value=LARGEST, **kwargs
    )


class NewTermSerializer(StrictSerializer):
    kind = serializers.ChoiceField(Kind.choices)
    name = serializers.CharField(max_length=80, default="", allow_blank=True)
    amount = serializers.IntegerField(min_value=0, default=None, allow_null=True)
    period = serializers.ChoiceField(Period.choices, default="", allow_blank=True)
    channel = serializers.ChoiceField(Channel.choices, default="", allow_blank=True)
    emergency = serializers.BooleanField(default=False)
    calendar = serializers.PrimaryKeyRelatedField(
        queryset=WorkCalendar.objects.all(), default=None, allow_null=True
    )
    included = serializers.ListField(child=serializers.CharField(max_length=120), default=list)
    excluded = serializers.ListField(child=serializers.CharField(max_length=120), default=list)


class NewRevisionSerializer(StrictSerializer):
    """A revision with its terms; amounts net, in the base currency."""

    valid_from = DayField()
    valid_to = DayField(default=None, allow_null=True)
    monthly_fee = _amount()
    annual_value = _amount(default=None, allow_null=True)
    price_beyond = _amount(default=None, allow_null=True)
    carry_over = serializers.ChoiceField(ContractRevision.CarryOver.choices, default="none")
    carry_cap = serializers.IntegerField(min_value=1, max_value=1000, default=None, allow_null=True)
    carry_months = serializers.IntegerField(
        min_value=1, max_value=60, default=None, allow_null=True
    )
    carries_deficit = serializers.BooleanField(default=False)
    renews_on = DayField(default=None, allow_null=True)
    notice_days = serializers.IntegerField(
        min_value=0, max_value=730, default=None, allow_null=True
    )
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)
    terms = NewTermSerializer(many=True)


class NewContractSerializer(NewRevisionSerializer):
    name = serializers.CharField(max_length=120)
    template = serializers.ChoiceField(Contract.Template.choices)


class CustomerContracts(APIView):
    """The contracts in force on a day; POST signs another one."""

    @extend_schema(parameters=[AS_OF], responses=ContractSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        agreed = agreed_with(customer_of(request, pk).pk, on=day_in(request, "as_of") or today())
        return versioned(request, _shown(request, agreed))

    @extend_schema(request=NewContractSerializer, responses={201: ContractSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.EDIT_CUSTOMERS)
        data = body_of(request, NewContractSerializer)
        contract = actions.sign_contract(
            customer=customer,
            name=data.pop("name"),
            template=data.pop("template"),
            by=access.reader(request),
            now=timezone.now(),
            **_revision(data),
        )
        return Response(_shown(request, [_latest(contract)])[0], status=201)


class ContractRevisions(APIView):
    """POST revises a contract from a day on."""

    @extend_schema(request=NewRevisionSerializer, responses={201: ContractSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        contract = contract_of(request, pk, may=Right.EDIT_CUSTOMERS)
        body = body_of(request, NewRevisionSerializer)
        actions.revise_contract(
            contract=contract,
            by=access.reader(request),
            now=timezone.now(),
            **_revision(body),
        )
        return Response(_shown(request, [_latest(contract)])[0], status=201)


def _shown(request: Request, agreed: list[Agreed]) -> Any:
    context = {"scope": access.scope(request)}
    return ContractSerializer(agreed, many=True, context=context).data


def _latest(contract: Contract) -> Agreed:
    revision = contract.revisions.select_related("contract").order_by("-number")[0]
    return Agreed(revision, list(revision.terms.select_related("calendar")), [])


def _revision(data: dict[str, Any]) -> dict[str, Any]:
    """What the actions take: the period, the data, the terms."""
    terms = [TermLine(**_tuples(term)) for term in data.pop("terms")]
    period = {name: data.pop(name) for name in ("valid_from", "valid_to")}
    return {**period, "data": actions.RevisionData(**data), "terms": terms}


def _tuples(term: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in term.items()
    }
