"""The scripts of the pages: few, inline, and each allowed by its hash (CSP level 2).

Every page works without them; a code is then typed.
"""

import base64
import hashlib
from typing import Final

from markupsafe import Markup

FILL_CODE: Final = Markup(
    "var c=decodeURIComponent(location.hash.slice(1));if(c){"
    'document.getElementById("code").value=c;'
    'history.replaceState(null,"",location.pathname)}'
)
"""On `/pair`: fills the form from the link's fragment, which never reaches a server."""

KEEP_CODE: Final = Markup(
    "if(location.hash)"
    'document.querySelectorAll(\'form[action^="/sign"],a[href^="/sign"],a[href="/pair"]\')'
    '.forEach(function(e){var n=e.tagName=="FORM"?"action":"href";'
    "e.setAttribute(n,e.getAttribute(n)+location.hash)})"
)
"""On the way to `/pair` through sign-in: hands the fragment on, past forms and links.

A browser keeps the fragment of a form's address when the answer is a redirect (Fetch standard,
HTTP-redirect fetch).
"""


def hash_of(script: str) -> str:
    """The source expression of a script for a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def on_the_way(where: str) -> Markup:
    """The script of a page of the sign-in for a person who is going `where`; mostly none."""
    return KEEP_CODE if where == "pair" else Markup()
