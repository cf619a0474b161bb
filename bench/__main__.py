"""`make bench`: the goals of the design, measured on this machine.

    SCALE=10k|100k|1m python -m bench [nightly …]

Works in a throw-away data directory with the embedded database as it is installed; BENCH_DATA
names a directory to keep, whose data the next run of the same scale takes over.
"""

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from firm.embedded.lease import lease_on

SCALES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
# Each module has `run(customers: int) -> list[Goal]`.
BENCHES = ["nightly", "lists", "imports", "log", "servicing"]


def main(names: list[str]) -> int:
    scale = os.environ.get("SCALE", "10k").lower()
    unknown = [name for name in names if name not in BENCHES]
    if scale not in SCALES or unknown:
        print(f"SCALE is one of {', '.join(SCALES)}; the benches are {', '.join(BENCHES)}.")
        return 2
    kept = os.environ.get("BENCH_DATA", "")
    directory = kept or tempfile.mkdtemp(prefix="merihari-bench-")
    for name in ("DATABASE_URL", "BROKER_URL", "EMAIL_URL"):
        os.environ[name] = ""
    os.environ |= {"DATA": directory, "DATABASE_ROLE": "worker", "LOG_LEVEL": "ERROR"}
    try:
        return measure(names or BENCHES, SCALES[scale])
    finally:
        lease_on(Path(directory).resolve()).release()
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)


def measure(names: list[str], customers: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from bench import data, report

    data.prepare(customers)
    verdicts = []
    for name in names:
        print(f"\n{name}, {customers:,} customers", flush=True)
        verdicts.append(report.show(import_module(f"bench.{name}").run(customers)))
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
