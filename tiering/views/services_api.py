"""/api/v1: service levels by version, the terms of a customer, benefits used and left."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.api import DayField, StrictSerializer, body_of, day_in, holds, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.roles import Right
from tiering import actions
from tiering.benefits import caution, checklist
from tiering.catalogue import offers
from tiering.models import BenefitUse, RuleSet
from tiering.reach import customer_of
from tiering.reports.benefits import Usage, report
from tiering.services import matrix
from tiering.terms import effective_terms

AS_OF = OpenApiParameter("as_of", datetime.date, description="today where it is left out")


class LevelSerializer(serializers.Serializer):
    """`amount` in business minutes (response), weeks, minutes (case, budget) or times (count)."""

    amount = serializers.IntegerField(allow_null=True)
    choice = serializers.CharField()
    per = serializers.CharField(help_text="quarter, half or year, for what is counted")


class TierLevelSerializer(serializers.Serializer):
    tier = serializers.CharField(source="chip.code")
    level = LevelSerializer(allow_null=True, help_text="null: nothing beyond the promise")
    words = serializers.CharField()


class ServiceSerializer(serializers.Serializer):
    code = serializers.CharField(source="offer.code")
    name = serializers.CharField(source="offer.label")
    measure = serializers.CharField(source="offer.measure")
    tiers = TierLevelSerializer(source="cells", many=True, help_text="from the top")


class RuleSetServices(APIView):
    """The services of a published version, tier by tier."""

    @extend_schema(responses=ServiceSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        published = RuleSet.objects.filter(state=RuleSet.State.PUBLISHED)
        rows = matrix(get_object_or_404(published, pk=pk))
        return versioned(request, ServiceSerializer(rows, many=True).data)


class TermSerializer(serializers.Serializer):
    """`source`: contract, tier or promise (to every customer)."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    source = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField(source="given.words")
    level = LevelSerializer(source="given.level", allow_null=True)


class CustomerTerms(APIView):
    """What holds for a customer on a day, each term with its source."""

    @extend_schema(parameters=[AS_OF], responses=TermSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        terms = effective_terms(customer_of(request, pk), on=day_in(request, "as_of") or today())
        return versioned(request, TermSerializer(terms, many=True).data)


class AllotmentSerializer(serializers.Serializer):
    """In the period `[start, end)`; `quota` is 0 for what was given without being the tier's."""

    code = serializers.CharField(source="offer.code")
    name = serializers.CharField(source="offer.label")
    start = serializers.DateField()
    end = serializers.DateField()
    quota = serializers.IntegerField(help_text="minutes for the goodwill budget, else times")
    used = serializers.IntegerField()
    left = serializers.IntegerField()


class CustomerBenefits(APIView):
    """The benefits of a customer in the periods that a day is in: quota, used and left."""

    @extend_schema(parameters=[AS_OF], responses=AllotmentSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        found = checklist(customer_of(request, pk), on=day_in(request, "as_of") or today())
        return versioned(request, AllotmentSerializer(found, many=True).data)


class UseSerializer(serializers.ModelSerializer):
    """`reverses` is the entry that this one takes back; neither of the two counts."""

    customer = serializers.IntegerField(source="customer_id")
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    recorded_by = serializers.IntegerField(source="recorded_by_id", allow_null=True)

    class Meta:
        model = BenefitUse
        fields = [
            "id",
            "customer",
            "code",
            "day",
            "quantity",
            "note",
            "reverses",
            "recorded_by",
            "recorded_at",
        ]


class RecordedUseSerializer(UseSerializer):
    caution = serializers.CharField(
        allow_null=True, help_text="why this was no matter of course: another tier's, or used up"
    )

    class Meta(UseSerializer.Meta):
        fields = [*UseSerializer.Meta.fields, "caution"]


class NewUseSerializer(StrictSerializer):
    code = serializers.CharField(help_text="of a benefit")
    day = DayField(required=False, help_text="today where it is left out")
    quantity = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)

    def validate_code(self, code: str) -> Any:
        offer = offers().get(code)
        if offer is None or not offer.is_usable:
            raise serializers.ValidationError(_("There is no benefit of this code."))
        return offer


class BenefitUses(ListAPIView):
    """What was given to a customer, the latest entry first; POST records one.

    One that is another tier's, or beyond the quota, is recorded too: `caution` says so.
    """

    serializer_class = UseSerializer
    sort = "-id"

    def get_queryset(self) -> QuerySet[BenefitUse]:
        if getattr(self, "swagger_fake_view", False):
            return BenefitUse.objects.none()
        customer = customer_of(self.request, self.kwargs["pk"])
        return BenefitUse.objects.filter(customer=customer).select_related("benefit")

    @extend_schema(request=NewUseSerializer, responses={201: RecordedUseSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        data = body_of(request, NewUseSerializer)
        what = {"quantity": data["quantity"], "day": data.get("day", today())}
        known = caution(customer, data["code"], **what)
        use = actions.record_use(
            customer=customer,
            service=data["code"].code,
            note=data["note"],
            by=access.reader(request),
            now=timezone.now(),
            **what,
        )
        use.caution = known.sentence if known else None  # type: ignore[attr-defined]
        return Response(RecordedUseSerializer(use).data, status=201)


class BenefitUseReverse(APIView):
    """Take a mistaken entry back; answers with the entry that does so."""

    @extend_schema(request=StrictSerializer, responses={201: UseSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        use = get_object_or_404(BenefitUse.objects.select_related("benefit"), pk=pk)
        customer_of(request, use.customer_id, may=Right.RECORD_WORK)
        body_of(request, StrictSerializer)
        reversal = actions.reverse_use(use=use, by=access.reader(request), now=timezone.now())
        return Response(UseSerializer(reversal).data, status=201)


class PartSerializer(serializers.Serializer):
    tier = serializers.CharField(source="chip.code")
    customers = serializers.IntegerField()
    users = serializers.IntegerField()


class UsageSerializer(serializers.Serializer):
    """Of the active customers in reach; used at least once in the last twelve months."""

    code = serializers.CharField(source="offer.code")
    name = serializers.CharField(source="offer.label")
    since = serializers.DateField(help_text="first offered")
    share = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True)
    is_to_retire = serializers.BooleanField(help_text="hardly used, and not new")
    tiers = serializers.SerializerMethodField()

    @extend_schema_field(PartSerializer(many=True))
    def get_tiers(self, usage: Usage) -> Any:
        return PartSerializer(list(filter(None, usage.parts)), many=True).data


class BenefitReport(APIView):
    """How many of the customers who have a benefit use it, the least used first."""

    permission_classes = [holds(Right.REVENUE)]

    @extend_schema(responses=UsageSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = report(access.scope(request), on=today())
        return versioned(request, UsageSerializer(found.rows, many=True).data)
