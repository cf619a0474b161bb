"""What codes of rows are called: kinds of jobs and imports, the subjects of audit events."""

from django.utils.translation import gettext_lazy

# What `kind` says of jobs and imports.
KINDS = {
    "nightly": gettext_lazy("Nightly run"),
    "replay": gettext_lazy("Replay of nights"),
    "detection": gettext_lazy("Looking for flags"),
    "tiers_in_force": gettext_lazy("Tiers in force of a new day"),
    "customers_daily": gettext_lazy("Reminders about customers"),
    "preview": gettext_lazy("Impact preview"),
    "import": gettext_lazy("Reading a file"),
    "import_apply": gettext_lazy("Applying an import"),
    "recost": gettext_lazy("Costing logged work anew"),
    "customers": gettext_lazy("Customers"),
    "people": gettext_lazy("People"),
    "contacts": gettext_lazy("Contacts"),
    "revenue": gettext_lazy("Revenue"),
    "activities": gettext_lazy("Service log"),
}

# What `subject_kind` of an audit event says: names of models.
SUBJECTS = {
    "activity": gettext_lazy("Log entry"),
    "benefit": gettext_lazy("Benefit"),
    "billrate": gettext_lazy("List price"),
    "closedmonth": gettext_lazy("Month"),
    "companyday": gettext_lazy("Company day"),
    "contact": gettext_lazy("Contact"),
    "contract": gettext_lazy("Contract"),
    "costrate": gettext_lazy("Cost rate"),
    "customer": gettext_lazy("Customer"),
    "department": gettext_lazy("Department"),
    "finding": gettext_lazy("Flag"),
    "firm": gettext_lazy("Firm"),
    "goal": gettext_lazy("Goal"),
    "holiday": gettext_lazy("National holiday"),
    "import": gettext_lazy("Import"),
    "investment": gettext_lazy("Investment"),
    "jobrun": gettext_lazy("Job"),
    "override": gettext_lazy("Manual override"),
    "post": gettext_lazy("Post"),
    "premium": gettext_lazy("Premiums"),
    "ruleset": gettext_lazy("Tier rules"),
    "scopeinquiry": gettext_lazy("Scope check"),
    "user": gettext_lazy("Person"),
    "workcalendar": gettext_lazy("Work calendar"),
}
