"""Graded assignments: their sources with solutions and hidden tests, the wrong answers they must catch, and the tools around nbgrader."""
