"""Slides for each chapter, made of the built page: headings, key formulas, figures, Predict questions, and the quiz."""
