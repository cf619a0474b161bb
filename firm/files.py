"""Files kept under `DATA/files/<2>/<sha256>`: written once, found by their content."""

import datetime
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from firm.models import StoredFile


def store(chunks: Iterable[bytes], *, now: datetime.datetime) -> StoredFile:
    """Keep these bytes and return their row. The file is whole and on the disk before its row
    is; a file without a row, left by a crash in between, does no harm.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        try:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            target = root / digest.hexdigest()[:2] / digest.hexdigest()
            target.parent.mkdir(exist_ok=True, mode=0o700)
            os.replace(file.name, target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    stored, _ = StoredFile.objects.get_or_create(
        sha256=digest.hexdigest(), defaults={"size": size, "stored_at": now}
    )
    return stored


def chunks_of(path: Path, size: int = 1 << 20) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk
