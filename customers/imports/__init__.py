"""Bringing files in: reading them, checking them, showing what would change, writing it.

From the outside inwards: `reading` (any file as lines of cells under known columns), `values`
(cells as they are written in Japan and elsewhere), `staging` (COPY into a temporary table),
`kinds` (what each kind of file is checked for and what it changes), `job` (the transaction).
All or nothing: a file with one refused line changes nothing.
"""
