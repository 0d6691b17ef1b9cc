"""The control API that each bank has for itself, under /_sim/api/<slug>.

Money is centavos; an account is named by its holder's CNPJ. A bank says what its own things are
(`bank.BankControl`); what it has besides stands beside these routes.
"""
