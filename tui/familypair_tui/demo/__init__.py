"""The demonstration: a made-up family on a real server, and the story of the main job."""


def main(*, as_transcript: bool = False, database: str = "", speed: int = 60) -> int:
    """`familypair demo`: its parts load only here, so that other commands start fast."""
    from familypair_tui.demo.run import run

    return run(as_transcript=as_transcript, database=database, speed=speed)
