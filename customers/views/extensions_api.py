"""/api/v1/contracts/…/extensions: what was granted beyond a contract, and granting more."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions import extend_scope
from customers.contracts.wording import extension_text
from customers.models import ScopeExtension, ScopeTerm
from customers.reach import contract_of
from firm import access
from firm.api import DayField, StrictSerializer, body_of, versioned
from firm.idempotency import idempotent
from firm.roles import Right


class GrantedExtensionSerializer(serializers.ModelSerializer):
    """`amount` is minutes for hours, else a count of `name`; `ends_on` is the first day without."""

    words = serializers.SerializerMethodField(help_text="in the reader's language")
    granted_by = serializers.CharField(source="granted_by.name", default=None, allow_null=True)

    class Meta:
        model = ScopeExtension
        fields = [
            "id",
            "kind",
            "name",
            "amount",
            "starts_on",
            "ends_on",
            "reference",
            "reason",
            "granted_at",
            "granted_by",
            "words",
        ]

    def get_words(self, extension: ScopeExtension) -> str:
        return extension_text(extension)


class NewExtensionSerializer(StrictSerializer):
    kind = serializers.ChoiceField([ScopeTerm.Kind.HOURS.value, ScopeTerm.Kind.COUNT.value])
    name = serializers.CharField(max_length=80, default="", allow_blank=True)
    amount = serializers.IntegerField()
    starts_on = DayField()
    ends_on = DayField()
    reference = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=200)


class ContractExtensions(APIView):
    """The extensions of a contract, the latest first; POST grants another one."""

    @extend_schema(responses=GrantedExtensionSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        extensions = contract_of(request, pk).extensions.select_related("granted_by")
        return versioned(request, GrantedExtensionSerializer(extensions, many=True).data)

    @extend_schema(request=NewExtensionSerializer, responses={201: GrantedExtensionSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        contract = contract_of(request, pk, may=Right.EDIT_CUSTOMERS)
        body = body_of(request, NewExtensionSerializer)
        extension = extend_scope(
            contract=contract,
            by=access.reader(request),
            now=timezone.now(),
            **body,
        )
        return Response(GrantedExtensionSerializer(extension).data, status=201)
