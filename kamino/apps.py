from django.apps import AppConfig


class KaminoConfig(AppConfig):
    name = "kamino"
