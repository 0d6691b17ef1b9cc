"""Pix clientes: the account holder's Pix."""
