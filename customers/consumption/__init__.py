"""What a customer has used of what was promised: always a query, never a copy.

Each figure is one statement, for one customer or for many at once; tests/consumption holds the
same rules once more in plain Python. Which work counts is said in `counting` alone.
"""
