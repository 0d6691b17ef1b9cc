"""The two sums behind the check digits of Brazilian numbers.

Both take canonical text: a character counts as its ASCII code minus 48, so 0 to 9 are
themselves and A is 17 (Instrução Normativa RFB 2.229/2024, for the alphanumeric CNPJ).
"""


def mod10(digits: str) -> str:
    """Return the check digit: weights 2, 1, 2, 1… from the right, digits of the products added."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 - position % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def mod11_remainder(text: str, *, last_weight: int = 9) -> int:
    """Return the weighted sum modulo 11: weights 2 to `last_weight` from the right, repeating.

    What digit a remainder gives differs from one document to the next.
    """
    weights = last_weight - 1
    return (
        sum(
            (ord(character) - 48) * (2 + position % weights)
            for position, character in enumerate(reversed(text))
        )
        % 11
    )
