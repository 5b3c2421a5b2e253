"""How the files were made that the repository carries: digits, a trained network, pictures."""
