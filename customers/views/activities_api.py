"""/api/v1: the service log of a customer, new entries, corrections and withdrawals."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions import correct_activity, record_activity, withdraw_activity
from customers.actions.activities import EntryData, FavorData, move_activity
from customers.consumption.marked import MarkKind, marked
from customers.models import Activity, Contact, Goal, Investment, ScopeExtension
from customers.reach import customer_of, entry_of
from customers.service_log.entries import check_source, live_favor
from customers.service_log.purpose import check_purpose_read
from firm import access
from firm.api import MomentField, StrictSerializer, body_of, versioned
from firm.dates import firm_date
from firm.idempotency import idempotent
from firm.models import User
from firm.money import LARGEST
from firm.roles import Right

LONG = 10_000  # what is too long for a column is refused in a sentence by the action


class EntryGoodwillSerializer(serializers.Serializer):
    """The mark that the work was given for nothing. `usual_price` needs `price`."""

    why = serializers.CharField()
    usual_price = serializers.SerializerMethodField()
    category = serializers.CharField()
    customer_knows = serializers.BooleanField()
    told = serializers.IntegerField(source="told_id", allow_null=True)
    from_budget = serializers.BooleanField()

    def get_usual_price(self, favor: Any) -> Decimal | None:
        may = access.scope(self.context["request"]).may(Right.PRICE)
        return favor.usual_price if may else None


class ActivitySerializer(serializers.ModelSerializer):
    """An entry as it stands. `day` is the firm's; `started_at` null says nothing of the time."""

    favor = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = [
            "id",
            "customer",
            "staff",
            "day",
            "started_at",
            "minutes",
            "cause",
            "kind",
            "channel",
            "direction",
            "initiator",
            "contact",
            "work_item",
            "quantity",
            "thread",
            "note",
            "goal",
            "investment",
            "extension",
            "is_invoiced",
            "source",
            "source_id",
            "recorded_at",
            "version",
            "corrected_at",
            "withdrawn_at",
            "withdrawn_because",
            "favor",
        ]

    @extend_schema_field(EntryGoodwillSerializer(allow_null=True))
    def get_favor(self, activity: Activity) -> dict[str, Any] | None:
        favor = live_favor(activity)
        return EntryGoodwillSerializer(favor, context=self.context).data if favor else None


class NewGoodwillSerializer(StrictSerializer):
    """Without `usual_price` it is the minutes at the price of an hour beyond the contract."""

    why = serializers.CharField(max_length=LONG)
    usual_price = serializers.DecimalField(
        max_digits=16,
        decimal_places=4,
        min_value=0,
        max_value=LARGEST,
        default=None,
        allow_null=True,
    )
    category = serializers.CharField(max_length=LONG, default="", allow_blank=True)
    customer_knows = serializers.BooleanField(default=False)
    told = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), default=None, allow_null=True
    )
    from_budget = serializers.BooleanField(default=False)


def _link(rows: QuerySet[Any]) -> serializers.PrimaryKeyRelatedField:
    return serializers.PrimaryKeyRelatedField(queryset=rows, default=None, allow_null=True)


def _code(default: str = "") -> serializers.CharField:
    return serializers.CharField(max_length=LONG, default=default, allow_blank=True)


class NewActivitySerializer(StrictSerializer):
    """An entry. With `started_at` the day may be left out: it is the firm's date then. Codes are
    those of the list; an unknown one is refused in a sentence.
    """

    day = serializers.DateField(default=None, allow_null=True)
    started_at = MomentField(default=None, allow_null=True)
    minutes = serializers.IntegerField()
    cause = serializers.CharField(max_length=LONG)
    kind = _code(Activity.Kind.WORK)
    channel = _code()
    direction = _code()
    initiator = _code()
    contact = _link(Contact.objects.all())
    work_item = _code()
    quantity = serializers.IntegerField(default=1)
    thread = _code()
    note = _code()
    goal = _link(Goal.objects.all())
    investment = _link(Investment.objects.all())
    extension = _link(ScopeExtension.objects.select_related("contract"))
    is_invoiced = serializers.BooleanField(default=False)
    favor = NewGoodwillSerializer(default=None, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["day"] is None:
            if attrs["started_at"] is None:
                raise serializers.ValidationError({"day": [_("Choose the day.")]})
            attrs["day"] = firm_date(attrs["started_at"])
        return attrs

    @property
    def entry(self) -> EntryData:
        data = {name: self.validated_data[name] for name in EntryData.__dataclass_fields__}
        favor = data.pop("favor")
        return EntryData(**data, favor=FavorData(**favor) if favor else None)


class RecordSerializer(NewActivitySerializer):
    """`source` and `source_id` name where it comes from: the same is recorded once."""

    staff = _link(User.objects.filter(is_active=True))
    source = serializers.CharField(max_length=40, default="", allow_blank=True)  # type: ignore[assignment]
    source_id = serializers.CharField(max_length=120, default="", allow_blank=True)


class CorrectionSerializer(NewActivitySerializer):
    """The whole entry as it is to be, and the `version` that is corrected."""

    version = serializers.IntegerField(min_value=1)


class WithdrawalSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=LONG, allow_blank=True)
    version = serializers.IntegerField(min_value=1)


class MoveSerializer(StrictSerializer):
    customer = serializers.IntegerField(min_value=1, help_text="whose work it was")
    version = serializers.IntegerField(min_value=1)


class CustomerActivities(ListAPIView):
    """The entries of a customer whose file one has, the latest day first; POST records one."""

    serializer_class = ActivitySerializer
    sort = "-day"

    def get_queryset(self) -> QuerySet[Activity]:
        entries = Activity.objects.live().filter(
            customer=customer_of(self.request, self.kwargs["pk"])
        )
        for name, lookup in (("since", "day__gte"), ("until", "day__lt")):
            if text := self.request.query_params.get(name, ""):
                entries = entries.filter(**{lookup: serializers.DateField().run_validation(text)})
        if kinds := self.request.query_params.getlist("mark"):
            wanted = serializers.MultipleChoiceField(choices=MarkKind.choices)
            entries = entries.filter(marked(self.kwargs["pk"], wanted.run_validation(kinds)))
        return entries.select_related("favor")

    @extend_schema(
        parameters=[
            OpenApiParameter("since", datetime.date, description="the first day"),
            OpenApiParameter("until", datetime.date, description="the first day after"),
            OpenApiParameter(
                "mark",
                enum=MarkKind.values,
                many=True,
                description="entries with at least one of these marks",
            ),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=RecordSerializer, responses={201: ActivitySerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        check_purpose_read(access.reader(request))
        wanted = RecordSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        check_source(wanted.validated_data["source"])
        activity = record_activity(
            customer=customer,
            data=wanted.entry,
            by=access.reader(request),
            now=timezone.now(),
            **{name: wanted.validated_data[name] for name in ("staff", "source", "source_id")},
        )
        return Response(_shown(request, activity), status=201)


class ActivityDetail(APIView):
    """One entry, withdrawn ones included."""

    @extend_schema(responses=ActivitySerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, _shown(request, entry_of(request, pk)))


class ActivityCorrect(APIView):
    """POST corrects an entry; 409 where somebody was quicker."""

    @extend_schema(request=CorrectionSerializer, responses=ActivitySerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        activity = entry_of(request, pk, may=Right.RECORD_WORK)
        wanted = CorrectionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        correct_activity(
            activity=activity,
            data=wanted.entry,
            version=wanted.validated_data["version"],
            by=access.reader(request),
            now=timezone.now(),
        )
        return Response(_shown(request, entry_of(request, pk)))


class ActivityWithdraw(APIView):
    """POST withdraws an entry: the row stays with the reason and counts for nothing."""

    @extend_schema(request=WithdrawalSerializer, responses=ActivitySerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        activity = entry_of(request, pk, may=Right.RECORD_WORK)
        body = body_of(request, WithdrawalSerializer)
        withdraw_activity(
            activity=activity,
            by=access.reader(request),
            now=timezone.now(),
            **body,
        )
        return Response(_shown(request, entry_of(request, pk)))


class ActivityMove(APIView):
    """POST withdraws an entry and records the same for another customer: the answer."""

    @extend_schema(request=MoveSerializer, responses={201: ActivitySerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        activity = entry_of(request, pk, may=Right.RECORD_WORK)
        body = body_of(request, MoveSerializer)
        moved = move_activity(
            activity=activity,
            customer=customer_of(request, body["customer"]),
            version=body["version"],
            by=access.reader(request),
            now=timezone.now(),
        )
        return Response(_shown(request, moved), status=201)


def _shown(request: Request, activity: Activity) -> Any:
    return ActivitySerializer(activity, context={"request": request}).data
