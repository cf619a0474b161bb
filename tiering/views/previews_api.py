"""/api/v1: impact previews of drafts, and publishing by one."""

from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.access import reader
from firm.api import DayField, StrictSerializer, body_of, holds
from firm.idempotency import idempotent
from firm.refusals import Forbidden, refusal_of
from firm.roles import Right
from tiering import actions
from tiering.models import Preview, PreviewMove, RuleSet
from tiering.previews.binding import check_is_fresh
from tiering.previews.loads import loads
from tiering.previews.promised import promised
from tiering.previews.shown import Shown, movers, shown_of
from tiering.views.api import AmountField, RuleSetSerializer


class MoveCountsSerializer(serializers.Serializer):
    """Customers by what would happen to them; `rank` are those of up and down who move only
    because others did, `anyway` those who would under the rules in force, too.
    """

    down = serializers.IntegerField()
    up = serializers.IntegerField()
    first = serializers.IntegerField()
    grace = serializers.IntegerField()
    kept = serializers.IntegerField()
    rank = serializers.IntegerField()
    anyway = serializers.IntegerField()


class PreviewCellSerializer(serializers.Serializer):
    """Customers from one tier (null: none yet) to another."""

    before = serializers.CharField(allow_null=True)
    after = serializers.CharField()
    customers = serializers.IntegerField()
    revenue = AmountField()


class PastSerializer(serializers.Serializer):
    """The back-test of one version: changes of tier, and customers back where they came from
    within half a year.
    """

    months = serializers.IntegerField()
    changes = serializers.IntegerField()
    there_and_back = serializers.IntegerField()


class PromisedSerializer(serializers.Serializer):
    """Minutes a month: of the service levels in force and by the draft, of the contracts, and those
    that the account managers work, null where no calendar tells. Amounts are the service levels'
    a month at list price and at cost: null where they are not the reader's or no rate is stated.
    """

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    contracts = serializers.IntegerField()
    working = serializers.IntegerField(allow_null=True)
    price_before = AmountField()
    price_after = AmountField()
    cost_before = AmountField()
    cost_after = AmountField()


class ManagerLoadSerializer(serializers.Serializer):
    """An account manager's customers by tier, and the hours a month that service levels promise
    them; in the order of the names.
    """

    account_manager = serializers.CharField()
    before = serializers.DictField(child=serializers.IntegerField())
    after = serializers.DictField(child=serializers.IntegerField())
    hours_before = serializers.DecimalField(max_digits=12, decimal_places=1)
    hours_after = serializers.DecimalField(max_digits=12, decimal_places=1)


class PreviewSerializer(serializers.ModelSerializer):
    """`refusal` says why it can't be published by, null where it can; `token` is what `publish`
    asks for. Figures are null until they are there.
    """

    rule_set = serializers.IntegerField(source="draft_id")
    job = serializers.IntegerField(source="job_id", allow_null=True, help_text="see /runs")
    run = serializers.IntegerField(
        source="run_id", allow_null=True, help_text="the night it rests on"
    )
    state = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField()
    as_of = serializers.SerializerMethodField()
    customers = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()
    earned = serializers.SerializerMethodField()
    raw = serializers.SerializerMethodField()
    promised = serializers.SerializerMethodField()
    account_managers = serializers.SerializerMethodField()
    past = serializers.SerializerMethodField()
    past_in_force = serializers.SerializerMethodField()

    class Meta:
        model = Preview
        fields = [
            "id",
            "rule_set",
            "token",
            "state",
            "refusal",
            "job",
            "run",
            "engine_version",
            "created_at",
            "computed_at",
            "as_of",
            "customers",
            "moves",
            "earned",
            "raw",
            "promised",
            "account_managers",
            "past",
            "past_in_force",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=["open", "done", "failed", "left"]))
    def get_state(self, preview: Preview) -> str:
        shown = shown_of(preview)
        if preview.left_at is not None:
            return "left"
        return "open" if shown.is_open else "failed" if shown.is_dead else "done"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_refusal(self, preview: Preview) -> str | None:
        return refusal_of(check_is_fresh, preview=preview, draft=preview.draft, now=timezone.now())

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_as_of(self, preview: Preview) -> str | None:
        found: str | None = preview.result.get("as_of")
        return found

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_customers(self, preview: Preview) -> int | None:
        found: int | None = preview.result.get("customers")
        return found

    @extend_schema_field(MoveCountsSerializer(allow_null=True))
    def get_moves(self, preview: Preview) -> Any:
        shown = shown_of(preview)
        if not shown.has_result:
            return None
        counts = shown.moves | {"rank": shown.rank_effect, "anyway": shown.anyway}
        return MoveCountsSerializer(counts).data

    @extend_schema_field(PreviewCellSerializer(many=True, allow_null=True))
    def get_earned(self, preview: Preview) -> Any:
        return self._cells(preview, "earned")

    @extend_schema_field(PreviewCellSerializer(many=True, allow_null=True))
    def get_raw(self, preview: Preview) -> Any:
        return self._cells(preview, "raw")

    def _cells(self, preview: Preview, which: str) -> Any:
        shown = shown_of(preview)
        if not shown.has_result:
            return None
        has_revenue = access.scope(self.context["request"]).may(Right.FIRM_REVENUE)
        matrix = shown.matrix(which, with_revenue=has_revenue)
        rows = [
            {
                "before": row.chip.code if row.chip else None,
                "after": chip.code,
                "customers": cell.count,
                "revenue": cell.revenue,
            }
            for row in matrix.rows
            for chip, cell in zip(matrix.columns, row.cells, strict=True)
            if cell.count
        ]
        return PreviewCellSerializer(rows, many=True).data

    @extend_schema_field(PromisedSerializer(allow_null=True))
    def get_promised(self, preview: Preview) -> Any:
        shown = shown_of(preview)
        if not shown.has_result:
            return None
        found, scope = promised(shown), access.scope(self.context["request"])
        price = found.at_price if scope.may(Right.PRICE) else None
        cost = found.at_cost if scope.may(Right.MARGIN) else None
        values = {
            "before": found.before,
            "after": found.after,
            "contracts": found.capacity.contracts,
            "working": found.capacity.minutes,
            "price_before": price and price[0],
            "price_after": price and price[1],
            "cost_before": cost and cost[0],
            "cost_after": cost and cost[1],
        }
        return PromisedSerializer(values).data

    @extend_schema_field(ManagerLoadSerializer(many=True, allow_null=True))
    def get_account_managers(self, preview: Preview) -> Any:
        shown = shown_of(preview)
        if not shown.has_result:
            return None
        rows = [
            {
                "account_manager": load.name,
                "before": {chip.code: before for chip, before, _after in load.tiers},
                "after": {chip.code: after for chip, _before, after in load.tiers},
                "hours_before": load.hours_before,
                "hours_after": load.hours_after,
            }
            for load in loads(shown)
        ]
        return ManagerLoadSerializer(rows, many=True).data

    @extend_schema_field(PastSerializer(allow_null=True))
    def get_past(self, preview: Preview) -> Any:
        return _past(preview, "draft")

    @extend_schema_field(PastSerializer(allow_null=True))
    def get_past_in_force(self, preview: Preview) -> Any:
        return _past(preview, "present")


def _past(preview: Preview, name: str) -> Any:
    found = preview.result.get("back_test", {}).get(name)
    if found is None:
        return None
    changes = sum(row[1] for row in found["months"])
    return PastSerializer(
        {
            "months": len(found["months"]),
            "changes": changes,
            "there_and_back": found["there_and_back"],
        }
    ).data


class NewPreview(APIView):
    """Ask for the impact preview of a draft; a worker then makes it."""

    permission_classes = [holds(Right.EDIT_RULES)]

    @extend_schema(request=StrictSerializer, responses={202: PreviewSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body_of(request, StrictSerializer)
        preview = actions.request_preview(
            draft=get_object_or_404(RuleSet, pk=pk), by=reader(request), now=timezone.now()
        )
        return Response(PreviewSerializer(preview, context={"request": request}).data, status=202)


class PreviewDetail(APIView):
    permission_classes = [holds(Right.REVIEW_RULES)]

    @extend_schema(responses=PreviewSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(PreviewSerializer(_preview(pk), context={"request": request}).data)


class PreviewMoveSerializer(serializers.Serializer):
    """`falls_on` is the evaluation that would end the grace period, if nothing changes."""

    customer = serializers.IntegerField(source="customer.pk")
    customer_code = serializers.CharField(source="customer.code")
    before = serializers.CharField(source="before.code", allow_null=True, default=None)
    after = serializers.CharField(source="after.code")
    way = serializers.ChoiceField(source="move.way", choices=PreviewMove.Way.choices)
    cause = serializers.ChoiceField(source="move.cause", choices=PreviewMove.Cause.choices)
    reason = serializers.CharField(source="move.reason")
    below_since = serializers.DateField(source="move.below_since", allow_null=True)
    falls_on = serializers.DateField(allow_null=True)
    falls_to = serializers.CharField(source="falls_to.code", allow_null=True, default=None)
    trailing_revenue = AmountField(source="revenue")


class PreviewMoves(ListAPIView):
    """Every customer whose standing would differ; amounts of those whose file is the reader's."""

    permission_classes = [holds(Right.REVIEW_RULES)]
    serializer_class = PreviewMoveSerializer
    sort = "id"

    def get_queryset(self) -> QuerySet[PreviewMove]:
        if getattr(self, "swagger_fake_view", False):
            return PreviewMove.objects.none()
        self.shown: Shown = shown_of(_preview(self.kwargs["pk"]))
        if not self.shown.has_result:
            raise NotFound(_("The preview has no result."))
        return self.shown.row.moves.select_related("customer__owner", "customer__snapshot")

    def get_serializer(self, rows: Any = (), **kwargs: Any) -> Any:
        shown = getattr(self, "shown", None)
        scope = access.scope(self.request) if shown else None
        found = movers(shown, rows, scope) if shown and scope else rows
        return PreviewMoveSerializer(found, **kwargs)


class PublishSerializer(StrictSerializer):
    preview = serializers.CharField(max_length=40, help_text="the token of the preview")
    effective_from = DayField()
    note = serializers.CharField(max_length=2000)


class PublishRuleSet(APIView):
    """Put a draft in force. 409 with the reason where its preview no longer holds, or a second
    person is missing. By session, the password must have been confirmed within 12 hours.
    """

    permission_classes = [holds(Right.EDIT_RULES)]

    @extend_schema(request=PublishSerializer, responses=RuleSetSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body = body_of(request, PublishSerializer)
        if request.auth is None and not did_recently_reauthenticate(request._request):
            raise Forbidden(_("Confirm your password first: on the page that publishes."))
        draft = get_object_or_404(RuleSet, pk=pk)
        version = actions.publish_rules(
            draft=draft,
            preview=draft.previews.filter(token=body["preview"]).first(),
            effective_from=body["effective_from"],
            by=reader(request),
            approved_by=None,
            note=body["note"],
            now=timezone.now(),
            channel="api",
        )
        return Response(RuleSetSerializer(version).data)


def _preview(pk: int) -> Preview:
    return get_object_or_404(Preview.objects.select_related("draft", "job", "run"), pk=pk)
