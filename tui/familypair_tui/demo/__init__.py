"""The demonstration: a made-up family on a real server, and the story of the main job."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """What a visitor wants to see."""

    transcript: bool = False
    """The story in sentences, every step checked."""
    database: str = ""
    speed: int | None = None
    """Minutes of the demonstration in a minute; None is what suits what is shown."""
    app: bool = False
    """The made-up social app in a browser, in place of the client."""
    teen: str = ""
    port: int = 0
    log: bool = False
    """With the app: every question and its answer as a line."""
    as_json: bool = False


def main(wanted: Wanted) -> int:
    """`familypair demo`: its parts load only here, so that other commands start fast."""
    from familypair_tui.demo.run import run

    return run(wanted)
