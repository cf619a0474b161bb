"""How many examples a property is tried on: a few in `make test`, many more in `make trust`."""

import os


def examples(number: int) -> int:
    return number * int(os.environ.get("EXAMPLES") or 1)
