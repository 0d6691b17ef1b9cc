from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = "Pessoas e acesso"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from people.devices import note_sign_in
        from people.session_limits import begin

        user_logged_in.connect(begin)
        user_logged_in.connect(note_sign_in)
