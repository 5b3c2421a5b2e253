"""The laboratory's half inside Python: it runs a cell, and tells the page what came of it.

Every message to the page goes through one channel, one line of JSON per message. What cells print goes to standard output and
error as usual.
"""
