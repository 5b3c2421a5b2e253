"""What the notebooks of the book have in common: setup cells, links to the glossary, and a tidy form for git."""
