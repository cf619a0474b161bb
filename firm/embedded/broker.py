"""Celery's transport to the embedded Valkey, started at the first connection."""

from django.conf import settings
from kombu.transport import redis

from firm.embedded.lease import lease_on


class Transport(redis.Transport):
    def establish_connection(self):
        lease_on(settings.DATA).ensure()
        return super().establish_connection()
