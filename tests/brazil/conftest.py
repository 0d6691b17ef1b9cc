"""Hypothesis without a deadline: the first example may load the calendar, on a busy machine."""

from hypothesis import settings

settings.register_profile("brazil", deadline=None)
settings.load_profile("brazil")
