"""The question bank: the quizzes of the book and numeric items with computed keys, for Moodle, Canvas, and others, and on paper."""
