"""Readers of statement files. Pure: they know no table, and give what a file says row by row."""
