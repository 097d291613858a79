"""Write the reference pages of docs/ from the code: `python -m tests.docs.generate`.

A test compares the committed pages with this output, so that nothing stays undocumented.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from familypair.reasons import Reason
from familypair.settings import CATEGORIES, FIELDS, GROUPS, Audience, Band, Field, say
from familypair.settings.json_schema import policy_file_schema
from familypair.wording import WORDS
from familypair.wording_decisions import DECISIONS
from familypair_server import problems, settings
from familypair_server.app import create_app

DOCS = Path(__file__).parents[2] / "docs"
NOTE = "<!-- Written by `python -m tests.docs.generate`; do not edit by hand. -->\n"


def problems_page() -> str:
    """Every code that an answer can carry, with its status and its words."""
    answers = set(DECISIONS) - {Reason.UNKNOWN_ACTION}
    rows = [
        f'| <a id="{r}"></a>`{r}` | {problems.status_of(r)} | {_words(r)} |'
        for r in Reason
        if r not in answers
    ]
    head = "| code | status | words for a guardian | words for a teen |\n|---|---|---|---|"
    told = [f'| <a id="{r}"></a>`{r}` | {_words(r)} |' for r in Reason if r in answers]
    more = (
        "\n## Reasons of decisions\n\nAn answer to a question is never a problem: its status is 200"
        " and its `reason` one of these, or a fault of the question itself.\n\n"
        "| reason | words for a guardian | words for a teen |\n|---|---|---|"
    )
    intro = (
        "# Problems\n\nEvery refusal is `application/problem+json` (RFC 9457) with one of these "
        "codes. Bad input lists each fault in `errors[]` with a JSON pointer.\n"
    )
    return "\n".join([NOTE, intro, head, *rows, more, *told, ""])


def _words(reason: Reason) -> str:
    said = WORDS[reason]
    return f"{_cell(said.guardian)} | {_cell(said.teen or '(the same)')}"


def configuration_page() -> str:
    """Every setting of the server, from the struct and the docstring under each field."""
    tree = ast.parse(inspect.getsource(settings.Settings)).body[0]
    assert isinstance(tree, ast.ClassDef)
    rows = [f"| `FAMILYPAIR_{n.upper()}` | `{d}` | {_cell(t)} |" for n, d, t in _fields(tree)]
    intro = (
        "# Configuration\n\nSettings are environment variables, or keys in lower case without the "
        "prefix in a TOML file named by `FAMILYPAIR_CONFIG`. A bad value stops the start with the "
        "name, the fault and the nearest valid name.\n\n| variable | default | meaning |\n"
        "|---|---|---|"
    )
    return "\n".join([NOTE, intro, *rows, ""])


def _fields(tree: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
            default = ast.unparse(node.value) if node.value else "required"
            shown = "in the user's data folder" if "factory" in default else default
            yield node.target.id, shown, text


def fields_page() -> str:
    """Every rule that a family can set, from the registry."""
    parts = [NOTE, "# Rules that a family can set\n", _FIELDS_INTRO]
    for group, title in GROUPS.items():
        parts += [f"## {title}\n", _FIELDS_HEAD]
        parts += [_field_row(f) for f in FIELDS.values() if f.path.split(".")[0] == group]
        parts.append("")
    names = ", ".join(f"`{c.name}`" for c in CATEGORIES)
    parts += [f"Search packs have these categories: {names}.", ""]
    return "\n".join(parts)


_FIELDS_INTRO = (
    "Each person owns one layer and writes only that one. What holds is the strictest of the "
    "platform's cap, the teen's own value and every guardian's value. `none` is a stated wish for "
    "no limit; leaving a field out (or `null` in a patch) is silence.\n"
)
_FIELDS_HEAD = "| field | what it does | 13-15 | 16-17 | permission |\n|---|---|---|---|---|"


def _field_row(field: Field) -> str:
    bands = " | ".join(_cell(_band(field, band)) for band in (Band.YOUNGER, Band.OLDER))
    return f"| `{field.path}` | {_cell(field.help.guardian)} | {bands} | `{field.scope}` |"


def _band(field: Field, band: Band) -> str:
    cap = field.cap(band)
    start = f"starts: {say(field.path, field.default(band), Audience.GUARDIAN)}"
    return start if cap is None else f"{start}; cap {say(field.path, cap, Audience.GUARDIAN)}"


def api_page() -> str:
    """Every route, from the OpenAPI document."""
    schema = create_app(settings.load({})).litestar.openapi_schema.to_schema()
    rows = [
        f"| `{method.upper()} {path}` | {_cell(_summary(operation))} |"
        for path, item in sorted(schema["paths"].items())
        for method, operation in sorted(item.items())
    ]
    intro = (
        "# HTTP routes\n\nThe truth, with bodies and examples, is the OpenAPI document at "
        "`/schema/openapi.json`.\n\n| route | does |\n|---|---|"
    )
    return "\n".join([NOTE, intro, *rows, ""])


def _summary(operation: dict[str, Any]) -> str:
    text = operation.get("description") or operation.get("summary") or ""
    return str(text).strip().split("\n\n")[0]


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def policy_schema() -> str:
    """The JSON Schema of policy files, as `/schema/policy.json` serves it."""
    return json.dumps(policy_file_schema(), indent=1, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "problems.md": problems_page,
    "configuration.md": configuration_page,
    "rules.md": fields_page,
    "api.md": api_page,
    "policy.schema.json": policy_schema,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())


if __name__ == "__main__":
    main()
