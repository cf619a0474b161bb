"""The properties of `make test` on many more examples than there."""

import os
import subprocess
import sys

from firm.embedded.lease import BASE_DIR
from tests.ops.installation import Installation
from tests.trust.kills import Found

TIMES = 20


def properties_on_many_examples(installation: Installation, *, quick: bool) -> Found:
    times = 1 if quick else TIMES
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis"],
        cwd=BASE_DIR,
        env={**os.environ, "EXAMPLES": str(times)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = done.returncode != 0
    if failed:
        sys.stdout.write(done.stdout)  # the example that it was
    return (
        f"every property, on {times} times the examples",
        "a counterexample" if failed else "no counterexample",
        "no counterexample",
        not failed,
    )


CASES = [properties_on_many_examples]
