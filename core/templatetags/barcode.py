"""Bar codes on a page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from brazil.interleaved import bars, length

register = template.Library()

QUIET = 10  # narrow bars of white on each side, without which readers find no start


@register.filter
def barcode_svg(digits: str) -> SafeString:
    """The 44 digits of a boleto as a drawing: dark on white in both schemes, of any width.

    It says nothing to readers: the line beside it is the same in digits.
    """
    path = "".join(f"M{QUIET + at} 0h{width}v40h-{width}z" for at, width in bars(digits))
    return format_html(
        '<svg class="barcode" viewBox="0 0 {} 40" preserveAspectRatio="none" aria-hidden="true"'
        ' shape-rendering="crispEdges"><rect width="100%" height="40" fill="#fff"/>'
        '<path fill="#000" d="{}"/></svg>',
        length(digits) + 2 * QUIET,
        mark_safe(path),  # noqa: S308  (numbers)
    )
