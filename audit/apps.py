from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "auditoria"

    def ready(self) -> None:
        from audit import account_acts, sign_ins  # noqa: F401 (they listen)
