"""/api/v1/customers: the cards of all, the files of one's own; read-only."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.listing import sees_revenue
from customers.models import Contact, Customer, CustomerSnapshot
from customers.models.customer import CustomerQuerySet
from firm import access
from firm.api import versioned
from firm.roles import Right


class StaffSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CardSerializer(serializers.ModelSerializer):
    """What everybody may know of a customer. `tier_rank` 1 is the top tier, null not evaluated;
    until `tier_until`, the first day without it, an override or a payment stop holds instead of
    `earned_rank`.
    """

    department = serializers.CharField(source="department.name", default=None, allow_null=True)
    owner = StaffSerializer(allow_null=True)
    backup = StaffSerializer(allow_null=True)
    tier_rank = serializers.IntegerField(source="snapshot.tier_rank", allow_null=True)
    earned_rank = serializers.IntegerField(source="snapshot.earned_rank", allow_null=True)
    tier_source = serializers.ChoiceField(
        source="snapshot.tier_source", choices=CustomerSnapshot.TierSource.choices
    )
    tier_until = serializers.DateField(source="snapshot.tier_until", allow_null=True)
    has_file = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = [
            "id",
            "code",
            "name",
            "name_kana",
            "phone",
            "status",
            "department",
            "owner",
            "backup",
            "tier_rank",
            "earned_rank",
            "tier_source",
            "tier_until",
            "has_file",
        ]

    def get_has_file(self, customer: Customer) -> bool:
        scope = access.scope(self.context["request"])
        return scope.has_file(customer.owner_id, customer.backup_id)


class ContactSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = [
            "id",
            "name",
            "name_kana",
            "department",
            "title",
            "phone",
            "mobile",
            "email",
            "key_person",
            "decider",
        ]


class FileSerializer(CardSerializer):
    """The card and what only readers of the file may know; amounts in the base currency, null
    without their permission.
    """

    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    contacts = ContactSerializer(many=True)
    trailing_revenue = serializers.SerializerMethodField()
    margin = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = [
            *CardSerializer.Meta.fields,
            "email",
            "postal_code",
            "address",
            "city",
            "country",
            "industry",
            "parent",
            "started_on",
            "ended_on",
            "closing_day",
            "payment_terms",
            "corporate_number",
            "tags",
            "contacts",
            "trailing_revenue",
            "margin",
        ]

    def get_trailing_revenue(self, customer: Customer) -> Decimal | None:
        """Needs `revenue`."""
        row = customer.snapshot
        return row.trailing_revenue if self._sees_revenue(customer) else None

    def get_margin(self, customer: Customer) -> Decimal | None:
        """Needs `margin`; null also while no cost is known."""
        row = customer.snapshot
        may = access.scope(self.context["request"]).may(Right.MARGIN)
        if not (may and self._sees_revenue(customer) and row.cost_to_serve):
            return None
        return row.trailing_revenue - row.cost_to_serve

    def _sees_revenue(self, customer: Customer) -> bool:
        return sees_revenue(customer.snapshot, access.scope(self.context["request"]))


def _customers() -> CustomerQuerySet:
    return Customer.objects.select_related("snapshot", "owner", "backup", "department")


class Customers(ListAPIView):
    """Every customer's card, by code."""

    serializer_class = CardSerializer
    sort = "code"

    def get_queryset(self) -> CustomerQuerySet:
        customers = _customers()
        code = self.request.query_params.get("code", "").replace("\x00", "")
        return customers.filter(code=code) if code else customers

    @extend_schema(parameters=[OpenApiParameter("code", str, description="this very code")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class CustomerDetail(APIView):
    """The file, to whoever has it; 404 for others, who find the card in the list."""

    @extend_schema(responses=FileSerializer)
    def get(self, request: Request, pk: int) -> Response:
        files = _customers().visible_to(access.scope(request)).prefetch_related("contacts")
        customer = get_object_or_404(files, pk=pk)
        return versioned(request, FileSerializer(customer, context={"request": request}).data)
