"""How forms look, the controls of ours, refusals, and fields of rows with their types."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

from core.errors import InvalidInput

if TYPE_CHECKING:
    from django.forms.models import ModelChoiceField as ModelChoiceField
    from django.forms.models import ModelChoiceIterator as ModelChoiceIterator
else:

    class OfModel:
        """Django's class with its model in brackets, which only the types read."""

        def __class_getitem__(cls, model: type) -> type:
            return cls

    class ModelChoiceField(OfModel, forms.ModelChoiceField): ...

    class ModelChoiceIterator(OfModel, forms.models.ModelChoiceIterator): ...


class FormRenderer(TemplatesSetting):
    """Renders every form and field by templates/forms/.

    Widgets stay Django's own, so `django.forms` must be among the installed apps.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class MoneyInput(forms.TextInput):
    """Reais as they are written here: 1.234,56, with R$ before it.

    The page rewrites 1234,5 as 1.234,50 when the field is left. Reading what arrives is the
    work of the form's field.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {"inputmode": "decimal", "autocomplete": "off", "data-money": True}
        super().__init__(attrs=defaults | (attrs or {}))


class DateInput(forms.DateInput):
    """A day as it is written here, 31/12/2026, whatever the language of the browser.

    The button beside it opens the browser's calendar, and 31122026 receives its slashes when
    the field is left.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": "dd/mm/aaaa",
            "maxlength": 10,
            "data-date": True,
        }
        super().__init__(attrs=defaults | (attrs or {}), format="%d/%m/%Y")


@contextmanager
def marking(form: forms.Form) -> Iterator[None]:
    """What a service does not accept is marked in the form, at its field if it names one."""
    try:
        yield
    except InvalidInput as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, ValidationError(str(error), code=error.code))
