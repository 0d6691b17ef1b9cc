"""What a page or form tells, without its words."""

from typing import Any

from django.forms import BaseForm


def codes(form: BaseForm) -> dict[str, list[str]]:
    """The codes of what is wrong, by field; those of no field under `__all__`."""
    return {
        name: [str(error.code) for error in errors]
        for name, errors in form.errors.as_data().items()
    }


def told(response: Any, tone: str) -> str:
    """The one message on a page, which has this tone (`success`, `error`, …)."""
    (message,) = response.context["messages"]
    assert message.level_tag == tone
    return str(message).replace("\u00a0", " ")
