"""Numbers of things, as Portuguese counts them."""


def counted(number: int, one: str, many: str) -> str:
    """«1 conta», «14 contas»."""
    return f"{number} {one if number == 1 else many}"


def dotted(number: int) -> str:
    """5000 is 5.000."""
    return f"{number:,}".replace(",", ".")
