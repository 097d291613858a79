"""A QR code in half blocks: explicit black on white, with its quiet zone."""

from textual.content import Content
from textual.geometry import Size

from familypair_tui.text import line
from familypair_tui.widgets.panel import Drawn, application

_BLACK, _WHITE = "#000000", "#ffffff"
_STYLES = {
    (True, True): f"{_BLACK} on {_BLACK}",
    (True, False): f"{_BLACK} on {_WHITE}",
    (False, True): f"{_WHITE} on {_BLACK}",
    (False, False): f"{_WHITE} on {_WHITE}",
}


def modules(text: str) -> list[list[bool]]:
    """The dark modules of the smallest QR code for a text, level M."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return [[bool(cell) for cell in row] for row in code.matrix]


def bordered(matrix: list[list[bool]], border: int) -> list[list[bool]]:
    """With a quiet zone of `border` light modules around."""
    width = len(matrix) + 2 * border
    side = [False] * border
    blank = [[False] * width for _ in range(border)]
    return [*blank, *([*side, *row, *side] for row in matrix), *blank]


def half_blocks(matrix: list[list[bool]], *, colour: bool) -> list[Content]:
    """Two rows of modules per line. Without colour, light modules are drawn as blocks."""
    rows: list[Content] = []
    padded = matrix if len(matrix) % 2 == 0 else [*matrix, [False] * len(matrix)]
    for upper, lower in zip(padded[::2], padded[1::2], strict=True):
        pairs = list(zip(upper, lower, strict=True))
        if colour:
            rows.append(line(*(("▀", _STYLES[pair]) for pair in pairs)))
        else:
            signs = {
                (True, True): " ",
                (True, False): "▄",
                (False, True): "▀",
                (False, False): "█",
            }
            rows.append(line("".join(signs[pair] for pair in pairs)))
    return rows


class QrCode(Drawn):
    """The code for a text; too small a place says so."""

    DEFAULT_CSS = """
    QrCode { width: 37; height: 19; }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(id="qr")
        self.text = text

    def show(self, text: str) -> None:
        """Draw another text."""
        if text != self.text:
            self.text = text
            self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """With a quiet zone of four modules, of two where four do not fit."""
        if not self.text:
            return []
        matrix = modules(self.text)
        for border in (4, 3, 2):
            rows = half_blocks(
                bordered(matrix, border), colour=not self.ink.heavy or self._paints()
            )
            if len(rows) <= size.height and len(matrix) + 2 * border <= size.width:
                return rows
        return [
            line(("No room for the QR code.", self.ink.muted)),
            line(("Q", self.ink.key), (" shows it alone", self.ink.muted)),
        ]

    def _paints(self) -> bool:
        return not application(self).no_color
