"""`{% csrf_token %}` of our templates: it also says the company that the page was made for.

So no form can be written that says its session and forgets its company (tenants/access.py).
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from tenants.access import FIELD

register = template.Library()


class FormTokensNode(CsrfTokenNode):
    def render(self, context: Context) -> str:
        hidden = super().render(context)
        tenant = getattr(getattr(context, "request", None), "tenant", None)
        if not hidden or tenant is None:
            return hidden
        return hidden + format_html('<input type="hidden" name="{}" value="{}">', FIELD, tenant.id)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormTokensNode:
    return FormTokensNode()
