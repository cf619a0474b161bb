from django.contrib import admin

from firm.admin_site import ReadOnlyAdmin
from firm.models import (
    AuditEvent,
    ClosedMonth,
    CompanyDay,
    Department,
    Firm,
    Holiday,
    JobRun,
    Notification,
    Post,
    PostHolding,
    User,
)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "email", "is_active"]
    search_fields = ["name", "email"]
    exclude = ["password"]


@admin.register(PostHolding)
class PostHoldingAdmin(ReadOnlyAdmin):
    list_display = ["person", "post", "held_from", "held_until"]
    list_select_related = ["person", "post"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "code", "actor", "subject_kind", "subject_id"]
    list_select_related = ["actor"]
    list_filter = ["code"]


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["kind", "key", "state", "attempt", "created_at", "finished_at"]
    list_filter = ["kind", "state"]


admin.site.register(
    [ClosedMonth, CompanyDay, Department, Firm, Holiday, Notification, Post], ReadOnlyAdmin
)
