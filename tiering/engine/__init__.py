"""The set-based evaluation: SQL text and the thin Python around it.

`fold.py` says where the state of every customer comes from, `facts.py` reads the two ledgers,
`bounds.py` turns a version of the rules into amounts, `step.py` decides and writes one pass, and
`evaluate.py` runs passes in order.
"""

# Written beside each evaluation; raised with every change that could decide otherwise.
VERSION = "3"
