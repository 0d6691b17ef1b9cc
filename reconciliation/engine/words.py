"""What the marks of a proposal say to people."""

from collections.abc import Iterable

WORDS = {
    "id": "mesmo número",
    "number": "número do documento",
    "document": "mesmo CPF/CNPJ",
    "account": "mesma conta bancária",
    "key": "chave Pix do favorecido",
    "sibling": "mesma empresa, outra filial",
    "root": "mesma empresa, outra filial",
    "mask": "CPF/CNPJ parcial",
    "masked name": "nome e CPF/CNPJ parcial",
    "name": "mesmo nome",
    "namesake": "nome igual, outro documento",
    "likeness": "nome parecido",
    "memory": "como das outras vezes",
    "equal": "valor exato",
    "terms": "valor com os encargos dela",
    "rounding": "centavos de diferença",
    "law": "imposto retido",
    "likely": "valor próximo",
    "part": "pagamento em parte",
    "sum": "a soma fecha",
    "net": "líquido de tarifa",
    "cards": "vendas em cartão",
    "lot": "mesmo lote",
    "day": "mesmo dia",
    "lines": "várias linhas do dia",
    "own account": "conta da própria empresa",
    "announced": "transferência anunciada",
    "gives back": "devolve um movimento",
}


def reason_words(marks: Iterable[str]) -> list[str]:
    return [WORDS.get(mark, mark) for mark in marks]
