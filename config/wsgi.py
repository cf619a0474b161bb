import gc
import os

from django.core.wsgi import get_wsgi_application

from firm.base_currency import check_base_currency

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
check_base_currency()
# What is loaded by now stays: no collection need look through it again, and workers forked from
# here go on sharing its memory.
gc.freeze()
