"""Taking the demo away again, as the owner of the tables does it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.utils import timezone, translation

from escalation.demo.load import load
from escalation.demo.unload import KEPT, unload
from firm import audit_chain
from firm.models import Firm

MANAGE = str(Path(settings.BASE_DIR) / "manage.py")


def demo(act: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    return subprocess.run(
        [sys.executable, MANAGE, "demo", act], env=environment, capture_output=True, text=True
    )


# Begins anew, as after the first migration.
FIRMS_CALENDAR = {
    "firm_workcalendar",
    "firm_calendarversion",
    "firm_calendarhours",
    "firm_calendarday",
}


def rows() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def interrupt(plan: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_interrupted_load_goes_on_and_unload_leaves_nothing(monkeypatch):
    before = rows()
    with monkeypatch.context() as patch:
        patch.setattr("escalation.demo.load._close_months", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load(now=timezone.now())
    assert rows()["tiering_standing"] == 0
    assert demo("load").returncode == 0
    assert rows()["tiering_standing"] == 120
    assert rows()["customers_customer"] == 120

    audit_chain.note_head(now=timezone.now())

    # The web and the worker can't: they lack the right to remove history.
    with pytest.raises(ProgrammingError, match="permission denied"):
        unload()

    assert demo("unload").returncode == 0
    after = rows()
    emptied = set(after) - KEPT - FIRMS_CALENDAR
    assert {t: after[t] for t in emptied} == dict.fromkeys(emptied, 0)
    assert {t: after[t] for t in FIRMS_CALENDAR} == {t: before[t] for t in FIRMS_CALENDAR}
    assert {t: after[t] for t in KEPT - {"firm_holiday", "firm_heartbeat"}} == {
        t: before[t] for t in KEPT - {"firm_holiday", "firm_heartbeat"}
    }
    firm = Firm.objects.get()
    assert (firm.is_demo, firm.flags_since) == (False, None)
    assert not audit_chain.heads_file().exists()
    assert "ここにデモの会社はありません" in demo("unload").stdout


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "ここにデモの会社はありません。"), ("en", "There is no demo firm here.")],
)
def test_where_there_is_no_demo_the_command_says_so_in_the_firms_language(language, words):
    assert demo("unload", LANGUAGE_CODE=language).stdout.strip() == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "ご自身のデータがあります"), ("en", "holds your own data")],
)
def test_over_data_of_ones_own_nothing_is_loaded(language, words, account_manager):
    with translation.override(language), pytest.raises(CommandError, match=words):
        call_command("demo", "load")
    assert not Firm.objects.get().is_demo
