"""/api/v1/imports: upload a file, read its preview, apply it or leave it."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions import apply_import, leave_import, request_import
from customers.imports.period import read_period
from customers.imports.wording import file_sentence, line_sentence
from customers.models import Import, ImportLine
from firm import access
from firm.access import reader
from firm.api import StrictSerializer, body_of, holds, versioned
from firm.idempotency import idempotent
from firm.refusals import Refused
from firm.roles import Right


class ImportSerializer(serializers.ModelSerializer):
    """`summary` holds what was understood and, under `figures`, what would change or changed;
    amounts are strings in the base currency. `[replace_from, replace_until)` is half-open.
    """

    job = serializers.IntegerField(source="job_id", allow_null=True, help_text="see /runs")
    refusal = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            "id",
            "kind",
            "state",
            "source",
            "file_name",
            "replace_from",
            "replace_until",
            "strict",
            "summary",
            "refusal",
            "job",
            "created_at",
            "applied_at",
            "applied_no",
        ]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_refusal(self, import_: Import) -> str | None:
        """Why the file as a whole was refused; single lines are under `errors`."""
        return file_sentence(import_.summary.get("refusal", {})) or None


class NewImportSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=Import.Kind.choices)
    file = serializers.FileField()
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=40, default="default"
    )
    replace = serializers.CharField(
        required=False, help_text="2026-04..2026-09, months or days, the end included"
    )
    strict = serializers.BooleanField(default=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            too_large = _("The file is larger than %(limit)s MB.")
            limit = settings.UPLOAD_LIMIT_BYTES >> 20
            raise serializers.ValidationError(too_large % {"limit": limit})
        return file

    def validate_replace(self, period: str) -> Any:
        try:
            return read_period(period)
        except Refused as refused:
            raise serializers.ValidationError(refused.sentence) from None


def _visible(request: Request) -> QuerySet[Import]:
    return Import.objects.visible_to(access.scope(request))


def _import(request: Request, pk: int) -> Import:
    found: Import = get_object_or_404(_visible(request), pk=pk)
    return found


class Imports(ListAPIView):
    """All imports, the latest first; POST uploads a file, which a worker then reads."""

    permission_classes = [holds(Right.IMPORT)]
    parser_classes = [MultiPartParser]
    serializer_class = ImportSerializer
    sort = "-created_at"

    def get_queryset(self) -> QuerySet[Import]:
        if getattr(self, "swagger_fake_view", False):
            return Import.objects.none()
        return _visible(self.request)

    @extend_schema(
        request={"multipart/form-data": NewImportSerializer}, responses={202: ImportSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = body_of(request, NewImportSerializer)
        import_ = request_import(
            kind=data["kind"],
            file_name=data["file"].name,
            chunks=data["file"].chunks(),
            by=reader(request),
            now=timezone.now(),
            source=data["source"],
            replaces=data.get("replace"),
            strict=data["strict"],
        )
        return Response(ImportSerializer(import_).data, status=202)


class ImportDetail(APIView):
    permission_classes = [holds(Right.IMPORT)]

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, ImportSerializer(_import(request, pk)).data)


class ImportApply(APIView):
    """Write what the preview shows; 409 where the import does not wait for that."""

    permission_classes = [holds(Right.IMPORT)]

    @extend_schema(request=StrictSerializer, responses={202: ImportSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body_of(request, StrictSerializer)
        import_ = apply_import(
            import_=_import(request, pk),
            by=reader(request),
            now=timezone.now(),
        )
        return Response(ImportSerializer(import_).data, status=202)


class ImportLeave(APIView):
    """Nothing of it is applied."""

    permission_classes = [holds(Right.IMPORT)]

    @extend_schema(request=StrictSerializer, responses=ImportSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body_of(request, StrictSerializer)
        import_ = _import(request, pk)
        leave_import(import_=import_, by=reader(request), now=timezone.now())
        import_.refresh_from_db()
        return Response(ImportSerializer(import_).data)


class ErrorSerializer(serializers.ModelSerializer):
    """`column` is empty where the line as a whole was refused."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = ImportLine
        fields = ["line", "column", "code", "reason"]

    def get_reason(self, line: ImportLine) -> str:
        return line_sentence(line.code, line.data)


class ImportErrors(ListAPIView):
    """Refused cells in the order of the file, at most 10,000 of them."""

    permission_classes = [holds(Right.IMPORT)]
    serializer_class = ErrorSerializer
    sort = "id"

    def get_queryset(self) -> QuerySet[ImportLine]:
        if getattr(self, "swagger_fake_view", False):
            return ImportLine.objects.none()
        return _import(self.request, self.kwargs["pk"]).refused.order_by("id")
