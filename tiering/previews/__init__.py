"""The impact preview: what a night by a draft would do, worked out by the engine of the nights.

`binding.py` says what a preview rests on and when it is stale, `compute.py` decides one night by
the draft without writing a standing, `backtest.py` plays past months through, `job.py` does both
in the background, and `shown.py` and `tables.py` are for readers.
"""
