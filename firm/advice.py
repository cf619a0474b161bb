"""What one app knows for another's decision: a line in its own words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """`source` is the label of where it comes from. `tone` is a flag's: over, warn, or empty."""

    code: str
    label: str
    words: str
    source: str
    tone: str = ""
