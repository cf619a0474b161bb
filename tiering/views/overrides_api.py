"""/api/v1: manual overrides and payment stops, with the same rights and refusals as the pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import PaymentStop
from firm import access
from firm.access import reader
from firm.api import DayField, StrictSerializer, body_of, holds, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.roles import Right
from tiering import actions, overrides
from tiering.models import Override
from tiering.reach import customer_of

FILTERS = [
    OpenApiParameter("state", str, enum=Override.State.values),
    OpenApiParameter("customer", int),
]


class OverrideSerializer(serializers.ModelSerializer):
    """It holds in `[starts_on, ends_on)` once approved, or up to `ended_on`."""

    tier = serializers.CharField(source="tier.code")
    earned_tier = serializers.CharField(
        source="earned_tier.code", default=None, help_text="when it was requested or decided"
    )
    is_in_force = serializers.SerializerMethodField()

    class Meta:
        model = Override
        fields = [
            "id",
            "customer",
            "tier",
            "earned_tier",
            "starts_on",
            "ends_on",
            "ended_on",
            "is_in_force",
            "reason",
            "state",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
            "decision_note",
            "is_sole",
            "ended_by",
            "ended_at",
            "end_note",
        ]

    def get_is_in_force(self, override: Override) -> bool:
        return override.state in Override.HELD and override.starts_on <= today() < override.until


class NewOverrideSerializer(StrictSerializer):
    customer = serializers.IntegerField()
    tier = serializers.CharField(help_text="its code")
    starts_on = DayField()
    ends_on = DayField(help_text="the first day on which it does not hold any more")
    reason = serializers.CharField(max_length=400)


class NoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=400, default="", allow_blank=True)


def _readable(request: Request) -> QuerySet[Override]:
    rows = overrides.visible_to(access.scope(request))
    return rows.select_related("customer", "tier", "earned_tier", "requested_by")


class Overrides(ListAPIView):
    """Of the customers whose file you have, the latest first. POST asks for one."""

    serializer_class = OverrideSerializer
    sort = "-requested_at"

    def get_permissions(self) -> list[Any]:
        rights = [holds(Right.REQUEST_OVERRIDE)] if self.request.method == "POST" else []
        return [permission() for permission in (rights or [IsAuthenticated])]

    def get_queryset(self) -> QuerySet[Override]:
        if getattr(self, "swagger_fake_view", False):
            return Override.objects.none()
        rows, asked = _readable(self.request), self.request.query_params
        if state := asked.get("state", ""):
            rows = rows.filter(state=state)
        if (customer := asked.get("customer", "")).isdecimal():
            rows = rows.filter(customer=int(customer))
        return rows

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewOverrideSerializer, responses={201: OverrideSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        values = body_of(request, NewOverrideSerializer)
        tiers = {tier.code: tier for tier in overrides.tiers_to_choose(on=today())}
        if values["tier"] not in tiers:
            raise ValidationError({"tier": [_("The tier rules in force do not have this tier.")]})
        mine = overrides.requestable(access.scope(request))
        made = actions.request_override(
            customer=get_object_or_404(mine, pk=values.pop("customer")),
            tier=tiers[values.pop("tier")],
            by=reader(request),
            now=timezone.now(),
            **values,
        )
        return Response(OverrideSerializer(made).data, status=201)


class OverrideDetail(APIView):
    @extend_schema(responses=OverrideSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(_readable(request), pk=pk)
        return versioned(request, OverrideSerializer(found).data)


def _answered(
    request: Request, act: Callable[..., Override], override: Override, **values: Any
) -> Response:
    done = act(override=override, by=reader(request), now=timezone.now(), **values)
    return Response(OverrideSerializer(done).data)


def _note(request: Request) -> str:
    note: str = body_of(request, NoteSerializer)["note"]
    return note


class OverrideApprove(APIView):
    """409 where another one holds in that time, or this one has been decided."""

    permission_classes = [holds(Right.APPROVE_OVERRIDE)]

    @extend_schema(request=NoteSerializer, responses=OverrideSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        override = get_object_or_404(_readable(request), pk=pk)
        return _answered(request, actions.approve_override, override, note=_note(request))


class OverrideReject(APIView):
    """With a note that says why."""

    permission_classes = [holds(Right.APPROVE_OVERRIDE)]

    @extend_schema(request=NoteSerializer, responses=OverrideSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        override = get_object_or_404(_readable(request), pk=pk)
        return _answered(request, actions.reject_override, override, note=_note(request))


class OverrideWithdraw(APIView):
    """By the requester."""

    @extend_schema(request=StrictSerializer, responses=OverrideSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body_of(request, StrictSerializer)
        override = get_object_or_404(_readable(request), pk=pk, requested_by=reader(request))
        return _answered(request, actions.withdraw_override, override)


class OverrideEnd(APIView):
    """Today, before its time, with a note that says why: by the requester or who may approve."""

    @extend_schema(request=NoteSerializer, responses=OverrideSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        override = get_object_or_404(overrides.theirs(access.scope(request)), pk=pk)
        return _answered(request, actions.end_override, override, note=_note(request))


class PaymentStopSerializer(serializers.ModelSerializer):
    """In `[starts_on, ends_on)`; without an end until it is lifted."""

    class Meta:
        model = PaymentStop
        fields = [
            "id",
            "customer",
            "starts_on",
            "ends_on",
            "reason",
            "set_by",
            "set_at",
            "lifted_by",
            "lifted_at",
            "lifted_reason",
        ]


class StopSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class PaymentStops(ListAPIView):
    """Of one customer, the latest first. POST stops payment from today."""

    serializer_class = PaymentStopSerializer
    sort = "-id"

    def get_permissions(self) -> list[Any]:
        rights = [holds(Right.EDIT_CUSTOMERS)] if self.request.method == "POST" else []
        return [permission() for permission in (rights or [IsAuthenticated])]

    def get_queryset(self) -> QuerySet[PaymentStop]:
        if getattr(self, "swagger_fake_view", False):
            return PaymentStop.objects.none()
        return PaymentStop.objects.filter(customer=customer_of(self.request, self.kwargs["pk"]))

    @extend_schema(request=StopSerializer, responses={201: PaymentStopSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body = body_of(request, StopSerializer)
        stop = actions.set_payment_stop(
            customer=customer_of(request, pk),
            reason=body["reason"],
            by=reader(request),
            now=timezone.now(),
        )
        return Response(PaymentStopSerializer(stop).data, status=201)


class PaymentStopLift(APIView):
    permission_classes = [holds(Right.EDIT_CUSTOMERS)]

    @extend_schema(request=StopSerializer, responses=PaymentStopSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body = body_of(request, StopSerializer)
        stop = actions.lift_payment_stop(
            stop=get_object_or_404(PaymentStop, pk=pk),
            reason=body["reason"],
            by=reader(request),
            now=timezone.now(),
        )
        return Response(PaymentStopSerializer(stop).data)
