"""Detection: who gets more than was agreed, who gets less. semantics.md 5.

One statement per kind, one table of kinds; the nightly job `detection` compares what they find
with the flags there are.
"""
