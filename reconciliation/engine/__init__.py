"""The engine at work: what the tables hold is gathered, proposed for, matched where it is certain,
and kept."""
