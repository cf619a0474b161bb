"""The demo firm: a fictional web agency with 120 customers and 24 months of revenue.

The modules beside this one are pure: the same day gives the same firm, to the yen. `load` walks
it through the real actions, imports and nightly runs, so that what a visitor sees was worked out
by the product itself.
"""

SEED = 20260401
