"""Data: real and made-up data sets, the files they come from, splits, and what is done to samples before and during training."""
