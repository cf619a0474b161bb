"""The product's addresses, and beside them what its list is compared with."""

from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import include, path

from customers.filters import CustomerFilter
from customers.listing import listing
from customers.models import CustomerSnapshot
from firm import access


class SnapshotAdmin(ModelAdmin):
    """The same columns, filters, order and counts by tier as the list, as the admin does them."""

    list_display = ["name", "code", "trailing_revenue", "owner", "backup", "department", "status"]
    list_filter = ["status", "department", "tier_rank"]
    list_select_related = ["owner", "backup", "department"]
    list_per_page = 50
    show_facets = ShowFacets.ALWAYS
    ordering = ["-trailing_revenue", "-customer"]


admin = AdminSite("bench")
admin.register(CustomerSnapshot, SnapshotAdmin)


def plain(request: HttpRequest) -> HttpResponse:
    """The same fifty rows, asked for in the same way, as bare lines."""
    scope = access.scope(request)
    form = CustomerFilter(QueryDict(""), scope=scope)
    form.is_valid()
    rows = listing(form.question, scope=scope).rows
    return HttpResponse(
        "\n".join(f"{row.code}\t{row.name}\t{row.trailing_revenue}" for row in rows)
    )


urlpatterns = [
    path("bench/plain/", plain),
    path("bench/admin/", admin.urls),
    path("", include("config.urls")),
]
