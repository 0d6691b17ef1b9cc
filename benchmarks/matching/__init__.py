"""A company's months with the truth known: a generator, the judge, and plays of both."""
