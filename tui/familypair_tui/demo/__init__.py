"""The demonstration: a made-up family on a real server, and the story of the main job."""
