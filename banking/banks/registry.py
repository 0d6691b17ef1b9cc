"""The banks that the product speaks to: those that `settings.BANKS` names, one line each."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from banking.banks.by_file import BY_FILE
from banking.banks.contract.adapter import Bank
from banking.banks.contract.info import BankInfo, Institution
from brazil.cnpj import parse_cnpj
from brazil.errors import InvalidValue
from core.errors import InvalidInput


def banks() -> Mapping[str, Bank]:
    """Each bank by its slug, in the order in which people are offered them."""
    return _made(tuple(settings.BANKS))


@lru_cache(maxsize=8)
def _made(names: tuple[str, ...]) -> Mapping[str, Bank]:
    made = [import_string(name)() for name in names]
    return MappingProxyType({bank.info.slug: bank for bank in made})


def find(slug: str) -> Bank:
    """
    Raises:
        InvalidInput: there is no such bank.
    """
    try:
        return banks()[slug]
    except KeyError:
        raise InvalidInput("Este banco não tem integração com o Kamino.") from None


def info(slug: str) -> BankInfo:
    return BY_FILE if slug == BY_FILE.slug else find(slug).info


def institution(slug: str) -> Institution | None:
    """Who holds the accounts of that bank; None where it is the bank itself."""
    if not info(slug).is_held_by_another:
        return None
    name, cnpj = (getattr(settings, f"{slug.upper()}_INSTITUTION_{of}") for of in ("NAME", "CNPJ"))
    return Institution(name, parse_cnpj(cnpj))


def require_settings() -> None:
    """
    Raises:
        ImproperlyConfigured: a bank lacks a setting that its `info` names, or one is no CNPJ.
    """
    for bank in banks().values():
        missing = [name for name in bank.info.settings if not getattr(settings, name, "")]
        if missing:
            raise ImproperlyConfigured(f"{bank.info.name} needs {', '.join(missing)}.")
        try:
            institution(bank.info.slug)
        except InvalidValue as error:
            name = f"{bank.info.slug.upper()}_INSTITUTION_CNPJ"
            raise ImproperlyConfigured(f"{name}: {error}") from error
