"""A fourth bank, plugged in by the places that docs/adding-a-bank.md names and by no other."""
