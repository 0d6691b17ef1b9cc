"""The one error of this package."""


class InvalidValue(ValueError):
    """What was typed or read does not follow the standard.

    The message is Portuguese, a whole sentence, and safe to show: it never repeats the value.
    """
