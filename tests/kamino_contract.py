"""The Conta Kamino's API file as the bank serves it, held against what the bank answers.

with Contract.of(address) as contract:
    client = contract.client(token)  # each answer is checked as it comes
    contract.seen                    # operations that were answered with success
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.loopback import LOOPBACK

_ROOT = "urn:openapi"


class Contract:
    def __init__(self, base_url: str, document: Any) -> None:
        self.base_url = base_url
        self.document = document
        self.seen: set[str] = set()
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_ROOT, resource)

    @classmethod
    @contextmanager
    def of(cls, base_url: str) -> Iterator[Self]:
        response = httpx.get(f"{base_url}/openapi.json", **LOOPBACK)
        yield cls(base_url, response.raise_for_status().json())

    @property
    def operations(self) -> set[str]:
        return {about["operationId"] for _, _, about in self.all_operations()}

    def client(self, token: str = "", **more: Any) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(
            base_url=self.base_url,
            headers=headers,
            **LOOPBACK,
            event_hooks={"response": [self._check]},
            **more,
        )

    def errors(self, pointer: str, value: Any) -> list[str]:
        """What in a value is not as the schema at a JSON pointer of the file says."""
        schema = {"$ref": f"{_ROOT}#{pointer}"}
        checker = FormatChecker()
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=checker)
        return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(value)]

    def _check(self, response: httpx.Response) -> None:
        """Whether the status, the headers and the body are in the file."""
        response.read()
        request = response.request
        path, about = self._operation(request.method, request.url.path)
        key = str(response.status_code)
        assert key in about["responses"], f"{request.method} {path} answered {key}"
        described = about["responses"][key]
        pointer = f"/paths/{_part(path)}/{request.method.lower()}/responses/{key}"
        if "$ref" in described:
            pointer = described["$ref"].removeprefix("#")
            described = self.document["components"]["responses"][pointer.rsplit("/", 1)[1]]
        for header in described.get("headers", {}):
            assert header in response.headers, f"{request.method} {path}: no {header}"
        self._check_body(response, described, pointer)
        if response.is_success:
            self.seen.add(about["operationId"])

    def _check_body(self, response: httpx.Response, described: Any, pointer: str) -> None:
        media_type = response.headers.get("content-type", "").partition(";")[0]
        content = described.get("content")
        if content is None:
            assert response.content == b""
            return
        assert media_type in content, f"{response.url}: {media_type}"
        if media_type.endswith("json"):
            errors = self.errors(f"{pointer}/content/{_part(media_type)}/schema", response.json())
            assert errors == [], response.text

    def _operation(self, method: str, path: str) -> tuple[str, Any]:
        for template, its_method, about in self.all_operations():
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
            if its_method == method.lower() and re.fullmatch(pattern, path):
                return template, about
        raise AssertionError(f"{method} {path} is not in the file")

    def all_operations(self) -> Iterator[tuple[str, str, Any]]:
        for path, methods in self.document["paths"].items():
            for method, about in methods.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    yield path, method, about


def _part(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")
