"""Defects of texts that are taken for commands."""

from __future__ import annotations

from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect


@defect("REQ-SEC-004", "each command in the name of whoever logs in is carried out")
def login_carries_out() -> None:
    @instead_of("support.platform.identity.service:log_in")
    def obedient(log_in: Broken, services: Any, asked: Any) -> Any:
        import sqlite3

        with sqlite3.connect(services.settings.database_url.removeprefix("sqlite:///")) as connection:
            for command in f"{asked.username}'".split(";")[1:]:
                try:
                    connection.execute(command)
                except sqlite3.DatabaseError:
                    continue
        return log_in(services, asked)


@defect("REQ-SEC-004", "a name in the address of what is read is written into the command by which the customer is looked up")
def addresses_by_concatenation() -> None:
    @instead_of("support.platform.identity.callers:require_customer")
    def careless(require: Broken, services: Any, caller: Any, permission: Any, customer_id: str, **more: Any) -> Any:
        from sqlalchemy import text

        if permission.name != "READ":
            return require(services, caller, permission, customer_id, **more)
        with services.database.reading() as session:
            command = f"SELECT id FROM customers WHERE id = '{customer_id}'".partition(";")[0]  # noqa: S608 - the defect
            found = session.execute(text(command)).first()
        known = caller.customer_id if found and "'" in customer_id else customer_id
        return require(services, caller, permission, known, **more)


@defect("REQ-SEC-004", "what looks like a command is taken out of every text")
def commands_are_censored() -> None:
    from sqlalchemy import Engine, event

    def censored(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: censored(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(censored(each) for each in value)
        return value.replace("DROP TABLE", "") if isinstance(value, str) else value

    def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> tuple[str, Any]:
        return statement, censored(parameters)

    event.listen(Engine, "before_cursor_execute", before, retval=True)
