"""Banks as programs of their own, for development and tests. Nothing of the product is imported."""
