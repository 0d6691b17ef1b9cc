"""The bank's API file: served as it is, and what is asked checked against its schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.requests import Request
from starlette.responses import Response

_FILE = Path(__file__).with_name("openapi.yaml")
_ROOT = "urn:conta-kamino:openapi"
_WORDS = {
    "required": "Falta um campo obrigatório.",
    "additionalProperties": "Há um campo que não é conhecido.",
    "pattern": "O texto não está no formato pedido.",
    "format": "O texto não está no formato pedido.",
    "enum": "O valor não é um dos aceitos.",
    "const": "O valor não é o aceito.",
    "type": "O tipo do valor não é o pedido.",
    "maxLength": "O texto é longo demais.",
    "minLength": "O texto está vazio.",
    "minItems": "A lista está vazia.",
    "uniqueItems": "A lista repete um item.",
    "minimum": "O número é pequeno demais.",
    "maximum": "O número é grande demais.",
}


@cache
def document() -> Any:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def problems_of(operation_id: str, body: Any) -> list[dict[str, str]]:
    """What in a request's body is not as the file says: fields and why, in Portuguese."""
    found = sorted(_validator(operation_id).iter_errors(body), key=lambda e: list(e.absolute_path))
    return [_problem(error) for error in found[:20]]


@cache
def operation(operation_id: str) -> tuple[str, str]:
    """JSON pointers of the file, to its path and to the operation in it."""
    for path, methods in document()["paths"].items():
        for method, about in methods.items():
            if isinstance(about, dict) and about.get("operationId") == operation_id:
                return f"/paths/{path.replace('~', '~0').replace('/', '~1')}", method
    raise LookupError(operation_id)


@cache
def validator_at(pointer: str) -> Any:
    """A validator for the schema at a JSON pointer of the file."""
    resource = Resource.from_contents(document(), default_specification=DRAFT202012)
    registry = Registry().with_resource(_ROOT, resource)
    schema = {"$ref": f"{_ROOT}#{pointer}"}
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


@cache
def _validator(operation_id: str) -> Any:
    path, method = operation(operation_id)
    return validator_at(f"{path}/{method}/requestBody/content/application~1json/schema")


def _problem(error: ValidationError) -> dict[str, str]:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        path.append(missing)
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        path.append(next(name for name in error.instance if name not in known))
    detail = _WORDS.get(str(error.validator), "O valor não é aceito.")
    return {"field": ".".join(path) or "body", "detail": detail}


async def as_yaml(request: Request) -> Response:
    return Response(_FILE.read_bytes(), media_type="application/yaml")


async def as_json(request: Request) -> Response:
    text = json.dumps(document(), ensure_ascii=False)
    return Response(text.encode(), media_type="application/json")
