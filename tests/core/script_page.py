"""A small page with one of our scripts."""

from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, Route

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
ADDRESS = "http://kamino.test/"


def load(page: Page, html: str, script: str) -> list[str]:
    """Open a page with this body and this script. Returns what it posts, as it comes."""
    posted: list[str] = []
    body = f'<!DOCTYPE html><body>{html}<script type="module" src="/{script}"></script>'

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(route.request.post_data or "")
            route.fulfill(status=204)  # the page stays, as if the answer were on its way
        elif route.request.url.endswith(script):
            route.fulfill(path=SCRIPTS / script, content_type="text/javascript")
        else:
            route.fulfill(content_type="text/html", body=body)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(ADDRESS)  # done when the module has run
    return posted
