"""The help page, with a search that knows the words of other houses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from firm import access
from firm.chrome import ADMINISTRATION, NAVIGATION, address
from firm.help import find
from firm.roles import RIGHTS, Right, Role

# What the table of roles tells of, in its order.
TOLD_RIGHTS = [
    (Right.SEE_ALL_FILES, _("All files")),
    (Right.SEE_JUNIORS_FILES, _("Files of their people's customers")),
    (Right.REVENUE, _("Revenue")),
    (Right.FIRM_REVENUE, _("Shares of the firm")),
    (Right.MARGIN, _("Margin")),
    (Right.IMPORT, _("Imports")),
    (Right.EDIT_PRICES, _("List price")),
    (Right.CLOSE_MONTHS, _("Month close")),
    (Right.READ_RUNS, _("See nightly runs")),
    (Right.RUN_NIGHT, _("Recalculate")),
    (Right.EDIT_RULES, _("Tier rules")),
    (Right.REVIEW_RULES, _("Review tier rules")),
    (Right.RECORD_WORK, _("Record work and benefits")),
    (Right.REQUEST_OVERRIDE, _("Request a manual override")),
    (Right.APPROVE_OVERRIDE, _("Approve a manual override")),
    (Right.SCORE_CUSTOMERS, _("Score the strategic fit")),
    (Right.ACCEPT_FLAGS, _("Accept a flag until a day")),
    (Right.GO_LIVE, _("Go live")),
    (Right.EDIT_PEOPLE, _("People and posts")),
    (Right.READ_AUDIT, _("Audit trail")),
]
# Pages that no line of the navigation leads to, and who may open them.
ELSEWHERE = {"customers:scope": Right.RECORD_WORK}


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")[:100]
    scope = access.scope(request)
    pages = {
        entry.url_name: address(entry.url_name)
        for entry in (*NAVIGATION, *ADMINISTRATION)
        if entry.allowed(scope)
    }
    pages |= {name: address(name) for name, right in ELSEWHERE.items() if scope.may(right)}
    context = {
        "query": query,
        "sections": [(section, pages.get(section.url_name, "")) for section in find(query)],
        "roles": [role.label for role in Role],
        "rights": [
            (label, [right in RIGHTS[role] for role in Role]) for right, label in TOLD_RIGHTS
        ],
    }
    return render(request, "help/help.html", context)
