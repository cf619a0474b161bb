from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField


class Grams(Func):
    """Every piece of one and of two characters of a text. The function of the database stands in
    migration 0003.
    """

    function = "text_grams"
    output_field = ArrayField(TextField())
