from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from firm.base_currency import check_new_connection


class FirmConfig(AppConfig):
    name = "firm"
    verbose_name = _("Firm")

    def ready(self) -> None:
        connection_created.connect(check_new_connection, dispatch_uid="base_currency")
