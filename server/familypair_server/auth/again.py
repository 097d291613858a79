"""Typing the password again on a page, in the very form of the step that needs it (ASVS 7.5.1)."""

from collections.abc import Mapping
from datetime import timedelta

from familypair.reasons import Reason, Refusal
from familypair_server.auth import sign_in
from familypair_server.auth.lifetimes import RECENT_SECONDS
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.web import Visit


def needed(visit: Visit, session: WebSession) -> bool:
    """Whether the password was typed too long ago for an important step (security 2.6)."""
    return visit.now - session.auth_time > timedelta(seconds=RECENT_SECONDS)


async def fault(visit: Visit, session: WebSession, form: Mapping[str, str]) -> Refusal | None:
    """Why the field `password` does not prove who sits here, or None; wrong ones are counted."""
    auth = visit.auth
    right = await sign_in.confirm_password(
        auth.store,
        auth.passwords,
        account_id=session.account_id,
        password=form.get("password", ""),
        network=visit.network,
        now=visit.now,
        keys=auth.keys,
    )
    if isinstance(right, Refusal):
        return right
    return None if right else Refusal(Reason.WRONG_PASSWORD, "/password")
