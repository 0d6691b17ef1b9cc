"""Money out by TED, TEF and titles: the orders and what became of them."""
