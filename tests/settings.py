"""The product's settings over a data directory of this test run's own.

Everything a developer's or a machine's environment could set is left out, and whatever the
product keeps on disk goes to a temporary place, which the process that made it removes.
Workers of pytest-xdist and commands started by a test find that place in the environment.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

if "TEST_RUN" not in os.environ:
    os.environ["TEST_RUN"] = tempfile.mkdtemp(prefix="merihari-tests-")
    # Registered before any use of the servers, hence run after these have stopped.
    atexit.register(shutil.rmtree, os.environ["TEST_RUN"], ignore_errors=True)
    # A test's data is gone in a minute: no need to see it safely on the disk. Statistics taken
    # beside it would see none of its rows, and mislead the planner for all tests that follow.
    Path(os.environ["TEST_RUN"], "postgresql.local.conf").write_text(
        "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
    )
    # Empty, not absent: an absent one would be read from .env.
    for name in ("DATABASE_URL", "BROKER_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL"):
        os.environ[name] = ""
    os.environ.update(
        DATA=os.environ["TEST_RUN"],
        DATABASE_ROLE="app",
        DATABASE_NAME="",
        DEBUG="0",
        BASE_CURRENCY="JPY",
        FIRM_TIME_ZONE="Asia/Tokyo",
        FISCAL_YEAR_START="4",
        LANGUAGE_CODE="ja",
        PRODUCT_NAME="Merihari",
    )
    # Without their bytecode, every command that a test starts would compile the product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False

from config.settings import *  # noqa: F403

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
