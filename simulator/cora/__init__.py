"""Cora (bank code 403), mode Parceria: API, consent page and the bank's app.

Where the bank documents nothing the choice is a setting; the README lists them.
Sources: developers.cora.com.br, /docs and /reference.
"""
