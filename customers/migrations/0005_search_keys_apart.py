import customers.models.grams
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


FILL = """
INSERT INTO customers_searchkey (customer_id, search_key)
SELECT customer_id, search_key FROM customers_customersnapshot
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_lists_and_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchKey',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('search_key', models.TextField(db_collation='C')),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='customersnapshot',
            name='snapshot_trigrams',
        ),
        migrations.RemoveIndex(
            model_name='customersnapshot',
            name='snapshot_grams',
        ),
        migrations.AddIndex(
            model_name='searchkey',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_key', name='gin_trgm_ops'), name='search_key_trigrams'),
        ),
        migrations.AddIndex(
            model_name='searchkey',
            index=django.contrib.postgres.indexes.GinIndex(customers.models.grams.Grams('search_key'), name='search_key_grams'),
        ),
    ]
