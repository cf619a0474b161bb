"""Rows of SQL text as instances of models.

For the few questions that every page asks: the ORM takes longer to put them into words than the
database to answer them.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def columns(model: type[Model], alias: str) -> str:
    """All columns of a model in the order in which `instance` takes them."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def instance(model: type[Row], values: Sequence[Any]) -> Row:
    """As a queryset would have made it. Takes the first values and leaves the others."""
    fields = model._meta.concrete_fields
    converted = []
    for field, value in zip(fields, values, strict=False):
        for convert in field.get_db_converters(connection):
            value = convert(value, None, connection)
        converted.append(value)
    return model.from_db(connection.alias, [field.attname for field in fields], converted)
