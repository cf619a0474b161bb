from django.conf import settings
from django.db import migrations


def write_the_firm(apps, schema_editor):
    """The base currency is fixed here: every amount in this database is meant in it."""
    apps.get_model("firm", "Firm").objects.get_or_create(
        id=1, defaults={"base_currency": settings.BASE_CURRENCY}
    )


class Migration(migrations.Migration):
    dependencies = [("firm", "0001_initial")]

    operations = [migrations.RunPython(write_the_firm, migrations.RunPython.noop)]
