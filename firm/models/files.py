from pathlib import Path

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """A file under `DATA/files/<2>/<sha256>`, part of the backup, served by its own permission."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256
