"""Banco BS2 (bank code 218): API Banking, Cobrança, Pix clientes, consent and the portal.

Where the bank documents nothing the choice is a setting; the README lists them.
Sources: devs.bs2.com, /manual and /docs.
"""
