import pytest

from brazil.banks import BANKS, bank_name, find_bank
from brazil.digits import is_digits


@pytest.mark.parametrize(
    ("compe", "ispb", "name"),
    [
        ("001", "00000000", "Banco do Brasil"),
        ("1", "00000000", "Banco do Brasil"),
        ("33", "90400888", "Santander"),
        ("218", "71027866", "BS2"),
        ("403", "37880206", "Cora"),
    ],
)
def test_a_bank_is_found_by_its_code(compe, ispb, name):
    bank = find_bank(compe)

    assert bank is not None
    assert (bank.ispb, bank.name) == (ispb, name)
    assert bank_name(compe) == name


@pytest.mark.parametrize("compe", ["999", "", "abc", "٠٠١", "0001", "-1"])
def test_an_unknown_code_has_no_bank_and_a_plain_name(compe):
    assert find_bank(compe) is None
    assert bank_name(compe) == f"Banco {compe}"


def test_codes_are_whole_in_order_and_appear_once():
    codes = [bank.compe for bank in BANKS]

    assert codes == sorted(set(codes))
    assert len({bank.ispb for bank in BANKS}) == len(BANKS)
    assert all(is_digits(bank.compe) and len(bank.compe) == 3 for bank in BANKS)
    assert all(is_digits(bank.ispb) and len(bank.ispb) == 8 for bank in BANKS)
    assert len(BANKS) >= 40
