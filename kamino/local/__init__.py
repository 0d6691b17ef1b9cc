"""The whole product on one machine with nothing installed but Python: `make run`, `make test`."""
