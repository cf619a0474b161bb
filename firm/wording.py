"""Codes and data into sentences of the reader's language: audit, notices, job errors, refused
lines. One table a family; a code without a row is a defect that a test finds.

Data never carries words, so the same row reads well in both languages and after a change of
wording.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

AUDIT = {
    "person_added": gettext_lazy("Person added"),
    "post_given": gettext_lazy("Post given: %(role)s"),
    "post_ended": gettext_lazy("Post ended"),
    "person_disabled": gettext_lazy("Person disabled"),
    "person_enabled": gettext_lazy("Person enabled"),
    "person_changed": gettext_lazy("Person changed"),
    "month_closed": gettext_lazy("Month closed: %(month)s"),
    "month_reopened": gettext_lazy("Month reopened: %(month)s"),
    "job_requested": gettext_lazy("Job requested: %(kind)s"),
    "customer_created": gettext_lazy("Customer added"),
    "customer_changed": gettext_lazy("Customer changed"),
    "contact_added": gettext_lazy("Contact added"),
    "contact_changed": gettext_lazy("Contact changed"),
    "contact_removed": gettext_lazy("Contact removed"),
    "import_applied": gettext_lazy("Import applied: %(kind)s"),
    "import_left": gettext_lazy("Import left: %(kind)s"),
}

NOTICES = {
    "job_failed": (
        gettext_lazy("A background job did not finish"),
        gettext_lazy("The job %(kind)s for %(key)s stopped: %(reason)s"),
    ),
}

ERRORS = {
    "too_many_attempts": gettext_lazy("It was started %(attempts)s times and never finished."),
    "unexpected": gettext_lazy("Something unexpected happened (%(type)s). The log has the details."),
}


def audit_text(code: str, data: Mapping[str, Any]) -> str:
    return str(AUDIT[code]) % data


def notice_text(code: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body. Subjects never carry a tier, a flag or an amount."""
    subject, body = NOTICES[code]
    return str(subject) % data, str(body) % data


def error_text(error: Mapping[str, Any]) -> str:
    """The sentence of a job's or line's error, or an empty string where there is none."""
    if not error:
        return ""
    template = ERRORS.get(error["code"])
    return str(template) % error if template else _("Unknown error: %(code)s") % error
