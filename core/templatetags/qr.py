"""QR codes on a page."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def qr_svg(text: str) -> SafeString:
    """The text as a QR code (ISO/IEC 18004) in SVG: dark on white with its quiet zone.

    Colours are attributes of the drawing, which the content policy lets in, and the same in the
    dark scheme: many readers do not read a light code on a dark ground.
    """
    drawing = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", svgclass="qr__code", lineclass=None, omitsize=True
    )
    return mark_safe(drawing)  # noqa: S308  (drawn by segno: the text is not in it)
