"""What holds right after a link has ended."""

from support.homes import Home


async def test_an_end_in_the_first_day_makes_nothing_looser(home: Home) -> None:
    """A looser rule that only waited for the end of probation never comes into force."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    await home.write(guardian, teen, {"screen_time": {"daily_minutes": {"mon": 105}}})
    monday = "screen_time.daily_minutes.mon"
    assert (await home.field(teen, teen, monday))["value"] == 60
    ended = await home.post(teen, f"/v1/links/{link}/end", {})
    assert ended.status_code == 200, ended.text
    assert (await home.field(teen, teen, monday))["value"] == 60


async def test_a_rule_that_fell_silent_today_is_not_called_a_starting_value(home: Home) -> None:
    """Until the day ends the looser value stays as it was, and the reason says so (A3)."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, {"screen_time": {"daily_minutes": {"mon": 105}}})
    link = (await home.get(teen, "/v1/links")).json()["items"][0]["id"]
    await home.post(guardian, f"/v1/links/{link}/end", {})
    field = await home.field(teen, teen, "screen_time.daily_minutes.mon")
    assert (field["value"], field["starting_value"]) == (105, False)
    assert field["reason"] == "1 h 45: as before, until the day ends"
