"""SQL of people."""

import msgspec

from familypair_server.storage import Statement


class AccountRow(msgspec.Struct, frozen=True):
    """One person. `age` is sealed and only for teens and former teens."""

    id: str
    kind: str
    login: str
    name: str
    password_hash: str
    age: str | None
    country: str
    zone: str
    assurance: str
    created_at: int


_COLUMNS = "id, kind, login, name, password_hash, age, country, zone, assurance, created_at"

insert = Statement(
    f"INSERT INTO account ({_COLUMNS}) VALUES (:id, :kind, :login, :name, :password_hash, :age,"  # noqa: S608 - constant column list
    " :country, :zone, :assurance, :now) ON CONFLICT DO NOTHING"
)
"""0 rows: the sign-in name (or the id) is taken; try another."""

by_id = Statement(f"SELECT {_COLUMNS} FROM account WHERE id = :id", AccountRow)  # noqa: S608 - constant
by_login = Statement(f"SELECT {_COLUMNS} FROM account WHERE login = :login", AccountRow)  # noqa: S608 - constant
lock = Statement(
    f"SELECT {_COLUMNS} FROM account WHERE id = :id",  # noqa: S608 - constant column list
    AccountRow,
    pg=f"SELECT {_COLUMNS} FROM account WHERE id = :id FOR UPDATE",  # noqa: S608 - constant
)
"""Accounts (at most two) are locked in id order, before the teen."""

change = Statement(
    "UPDATE account SET name = :name, country = :country, zone = :zone WHERE id = :id"
)
grow = Statement("UPDATE account SET kind = :kind, age = :age WHERE id = :id")
"""A new age band is written down; at 18 the account is an adult's."""

set_password = Statement("UPDATE account SET password_hash = :password_hash WHERE id = :id")

count_refusal = Statement(
    "INSERT INTO refused_signup (day, n) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET n = refused_signup.n + 1"
)
refusals = Statement("SELECT n FROM refused_signup WHERE day = :day", int)
