"""Bar codes on a page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from brazil.itf import itf_widths

register = template.Library()
HEIGHT = 52  # modules: 13 mm where 405 modules are 103 mm
QUIET = 10  # modules of white on each side


@register.filter
def bars_svg(digits: str) -> SafeString:
    """44 digits as the bars of a slip, in SVG: dark on white in both schemes."""
    x, drawn = QUIET, []
    for number, width in enumerate(itf_widths(digits)):
        if number % 2 == 0:
            drawn.append(f"M{x} 0h{width}v{HEIGHT}h-{width}z")
        x += width
    return mark_safe(  # noqa: S308  (numbers of ours: the digits are not in it)
        f'<svg class="bars" viewBox="0 0 {x + QUIET} {HEIGHT}" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect width="100%" height="100%" fill="#fff"/>'
        f'<path fill="#000" d="{"".join(drawn)}"/></svg>'
    )
