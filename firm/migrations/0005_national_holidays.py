"""National holidays as rows from the first start on; later years are added by a task."""

import datetime

import holidays
from django.conf import settings
from django.db import migrations

FIRST_YEAR = 2015
YEARS_AHEAD = 2


def add_holidays(apps, schema_editor):
    country = settings.FIRM_COUNTRY
    years = range(FIRST_YEAR, datetime.date.today().year + YEARS_AHEAD + 1)
    language = holidays.country_holidays(country).default_language
    days = holidays.country_holidays(country, years=years, language=language)
    apps.get_model("firm", "Holiday").objects.bulk_create(
        apps.get_model("firm", "Holiday")(country=country, day=day, name=name[:80])
        for day, name in days.items()
    )


class Migration(migrations.Migration):
    dependencies = [("firm", "0004_audit_chain")]

    operations = [migrations.RunPython(add_holidays, migrations.RunPython.noop)]
