from core.garbage import look_seldom

look_seldom()

from kamino.celery import app as celery_app  # noqa: E402 (what it loads is the most)

__all__ = ["celery_app"]
