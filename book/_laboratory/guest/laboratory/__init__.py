"""The laboratory's half inside Python: it runs a cell, and tells the page what came of it.

Everything that the page is told goes through one channel, a line of JSON for each message. What cells print goes to standard output and
error as ever.
"""
