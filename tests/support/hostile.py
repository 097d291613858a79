"""Text that breaks programs, made in code, and a public list of such text where it is at hand."""

from pathlib import Path

LIST = Path(__file__).parents[3] / "shared" / "data" / "blns" / "blns.txt"
"""The Big List of Naughty Strings beside the repository; used when it is there."""

MADE = (
    "\x00",
    "a\x00b",
    "\x1b[2J\x1b[1;31mowned\x07",
    "\x1b]0;title\x07",
    "[@click=app.pwn]Approve[/]",
    "[/b][red]",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>{name}%s%n",
    "'; DROP TABLE account; --",
    '" OR ""="',
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "\N{LEFT-TO-RIGHT ISOLATE}a\N{POP DIRECTIONAL ISOLATE}",
    "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{WORD JOINER}",
    "\N{BYTE ORDER MARK}mia",
    "Z\N{COMBINING ACUTE ACCENT}" + "\N{COMBINING TILDE}" * 60,
    "\N{HANGUL FILLER}",
    "\N{FULLWIDTH LATIN SMALL LETTER A}\N{MATHEMATICAL BOLD SMALL B}",
    "\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}\x85",
    "\r\nSet-Cookie: a=b",
    "\U0001f468\N{ZERO WIDTH JOINER}\U0001f469\N{ZERO WIDTH JOINER}\U0001f467",
    "\U000e0041\U000e0042",
    "\ufffe\uffff\U0010ffff",
    "NaN",
    "null",
    "true",
    "-1",
    "1e999",
    "9" * 400,
    " ",
    "",
    ".",
    "%",
    "*",
    "`",
    "~0~1/",
    "data:image/png;base64,iVBORw0KGgo=",
    "=cmd|'/c calc'!A0",
    "__proto__",
    "x" * 5000,
)
"""One string for each way that text has broken programs like this one."""


def strings() -> tuple[str, ...]:
    """Everything hostile that there is here."""
    listed = LIST.read_text().splitlines() if LIST.exists() else []
    return (*MADE, *(line for line in listed if line and not line.startswith("#")))
