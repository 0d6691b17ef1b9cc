from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "banking"
    verbose_name = "Bancos"

    def ready(self) -> None:
        from banking.banks.registry import require_settings

        require_settings()
