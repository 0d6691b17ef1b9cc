"""The Conta Kamino as `openapi.yaml` describes it.

The file is served as it stands, and requests are checked against its own schemas: what the bank
says and what it takes cannot part.
"""
