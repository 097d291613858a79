"""The project's word packs, and a loader for any list of one term per line (section 7).

standard() -> Packs        # the project's own packs, compiled once per process
load(path) -> Pack         # one file
read(text, about) -> Pack  # the same from memory; `PackError` names every bad line
"""

from familypair.packs.files import About, Fault, PackError, load, made, read
from familypair.packs.standard import folding, shipped, standard

__all__ = [
    "About",
    "Fault",
    "PackError",
    "folding",
    "load",
    "made",
    "read",
    "shipped",
    "standard",
]
