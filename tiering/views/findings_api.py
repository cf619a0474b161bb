"""/api/v1/findings: flags that the reader may see, and what is done about them; with the same
rights and refusals as the pages.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.access import reader
from firm.api import DayField, StrictSerializer, holds, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.roles import Right
from tiering import actions
from tiering.models import Finding, FindingKind, Observation
from tiering.servicing.kinds import MEASURES, Direction, Unit
from tiering.servicing.life import Resolution

MOST_SEEN = 100  # observations of one flag, the latest
FILTERS = [
    OpenApiParameter("kind", str, enum=FindingKind.values),
    OpenApiParameter("direction", str, enum=list(Direction)),
    OpenApiParameter("state", str, enum=Finding.State.values),
    OpenApiParameter("customer", int),
]


class MeasuredSerializer(serializers.ModelSerializer):
    """What was seen in `[window_from, window_until)`. `quantity` is in the flag's unit; `loss` at
    direct cost and `forgone_fee` at list price are in the base currency, null where they are not
    the reader's to see, and never add up.
    """

    loss = serializers.SerializerMethodField()
    forgone_fee = serializers.SerializerMethodField()

    class Meta:
        fields = ["window_from", "window_until", "quantity", "loss", "forgone_fee"]

    @extend_schema_field(serializers.DecimalField(18, 4, allow_null=True))
    def get_loss(self, row: Finding | Observation) -> str | None:
        return self._amount(row.loss, Right.MARGIN)

    @extend_schema_field(serializers.DecimalField(18, 4, allow_null=True))
    def get_forgone_fee(self, row: Finding | Observation) -> str | None:
        return self._amount(row.forgone_fee, Right.PRICE)

    def _amount(self, amount: Decimal, right: Right) -> str | None:
        scope = access.scope(self.context["request"])
        return f"{amount:f}" if scope.may(right) else None


class FindingSerializer(MeasuredSerializer):
    """`version` is to be sent with what is done about the flag; nights change it, too."""

    direction = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = [
            "id",
            "customer",
            "kind",
            "direction",
            "unit",
            "state",
            "severity",
            "is_preliminary",
            "is_past",
            *MeasuredSerializer.Meta.fields,
            "opened_on",
            "reopened_on",
            "resolution",
            "accepted_until",
            "reason",
            "decided_at",
            "decided_by",
            "version",
        ]

    def get_direction(self, finding: Finding) -> Direction:
        return MEASURES[FindingKind(finding.kind)].direction

    def get_unit(self, finding: Finding) -> Unit:
        return MEASURES[FindingKind(finding.kind)].unit


class ObservationSerializer(MeasuredSerializer):
    """What a night saw where it saw something else than the one before: `values` are codes and
    numbers of the kind, `evidence` the ids of entries.
    """

    class Meta:
        model = Observation
        fields = ["business_date", *MeasuredSerializer.Meta.fields, "values", "evidence"]


class FindingDetailSerializer(FindingSerializer):
    observations = serializers.SerializerMethodField()

    class Meta(FindingSerializer.Meta):
        fields = [*FindingSerializer.Meta.fields, "observations"]

    @extend_schema_field(ObservationSerializer(many=True))
    def get_observations(self, finding: Finding) -> Any:
        rows = finding.observations.order_by("-pk")[:MOST_SEEN]
        return ObservationSerializer(rows, many=True, context=self.context).data


class FindingNoteSerializer(StrictSerializer):
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class FindingMoveSerializer(StrictSerializer):
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=300)


class FindingResolveSerializer(FindingMoveSerializer):
    resolution = serializers.ChoiceField(
        [one for one in Resolution.choices if one[0] != Resolution.SUBSIDED]
    )


class FindingAcceptSerializer(FindingMoveSerializer):
    until = DayField(help_text="the last day, at most 12 months ahead")


def _visible(request: Request) -> QuerySet[Finding]:
    return Finding.objects.visible_to(access.scope(request), on=today())


class Findings(ListAPIView):
    """Flags that you may see, the latest first, resolved ones included."""

    serializer_class = FindingSerializer
    sort = "-id"

    def get_queryset(self) -> QuerySet[Finding]:
        if getattr(self, "swagger_fake_view", False):
            return Finding.objects.none()
        rows, asked = _visible(self.request), self.request.query_params
        for name in ("kind", "state"):
            if value := asked.get(name, ""):
                rows = rows.filter(**{name: value})
        if direction := asked.get("direction", ""):
            kinds = [kind for kind, found in MEASURES.items() if found.direction == direction]
            rows = rows.filter(kind__in=kinds)
        if (customer := asked.get("customer", "")).isdecimal():
            rows = rows.filter(customer=int(customer))
        return rows

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class FindingDetail(APIView):
    """One flag with what nights saw of it, the latest first."""

    @extend_schema(responses=FindingDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(_visible(request), pk=pk)
        return versioned(request, _shown(request, found, FindingDetailSerializer))


def _shown(request: Request, finding: Finding, serializer: type[FindingSerializer]) -> Any:
    return serializer(finding, context={"request": request}).data


def _moved(
    request: Request, pk: int, act: Callable[..., Finding], body: type[StrictSerializer]
) -> Response:
    """409 where the state or the version is another one by now."""
    if not access.scope(request).may(Right.RECORD_WORK):
        raise Http404
    finding = get_object_or_404(_visible(request), pk=pk)
    wanted = body(data=request.data)
    wanted.is_valid(raise_exception=True)
    done = act(finding=finding, by=reader(request), now=timezone.now(), **wanted.validated_data)
    return Response(_shown(request, done, FindingSerializer))


class FindingAcknowledge(APIView):
    """Take note of it; a reason may be left out."""

    @extend_schema(request=FindingNoteSerializer, responses=FindingSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return _moved(request, pk, actions.acknowledge_flag, FindingNoteSerializer)


class FindingStart(APIView):
    """Something is being done about it; the reason says what."""

    @extend_schema(request=FindingMoveSerializer, responses=FindingSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return _moved(request, pk, actions.start_flag, FindingMoveSerializer)


class FindingResolve(APIView):
    """Done with; what the last night saw of it is settled, and later nights leave it out."""

    @extend_schema(request=FindingResolveSerializer, responses=FindingSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return _moved(request, pk, actions.resolve_flag, FindingResolveSerializer)


class FindingAccept(APIView):
    """Leave it as it is until a day; by somebody above the account manager."""

    permission_classes = [holds(Right.ACCEPT_FLAGS)]

    @extend_schema(request=FindingAcceptSerializer, responses=FindingSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return _moved(request, pk, actions.accept_flag, FindingAcceptSerializer)
