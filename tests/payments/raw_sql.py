"""Statements under the application's role, past all our code."""

from django.db import IntegrityError, connection, transaction


def refusal(statement: str, *values: object) -> str:
    """The name of what refuses the statement; empty when nothing does. Nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return ""
