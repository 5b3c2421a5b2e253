"""How the data files in the repository were made: digits, a trained network, pictures."""
