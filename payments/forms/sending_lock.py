"""An admin says that what was sent before the database was restored has been looked at."""

from django import forms


class ReleaseForm(forms.Form):
    # Which lock the person was shown: a form that is left open releases no later one.
    locked_at = forms.DateTimeField(widget=forms.HiddenInput)
    looked = forms.BooleanField(
        label="Conferi nos bancos os pagamentos feitos desde a cópia, e cancelei aqui as contas "
        "que já foram pagas ou enviadas",
        error_messages={"required": "Confira os pagamentos e marque esta opção para liberar."},
    )
