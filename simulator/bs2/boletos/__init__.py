"""Cobrança: boletos of the account's holder."""
