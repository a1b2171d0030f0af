"""Signs of life, by the database's clock."""

from datetime import timedelta

from domain.kernel import Database, Heartbeat, beat, signs_of_life, stop_beating


async def test_a_beat_is_seen_at_once_with_what_it_says(database: Database) -> None:
    await beat(role="jobs", instance="a:1", facts={"invariant_violations": 0})
    await beat(role="jobs", instance="a:1", facts={"invariant_violations": 2})
    await beat(role="bot", instance="a:2")

    found = {sign.role: sign for sign in await signs_of_life()}

    assert set(found) == {"jobs", "bot"}
    assert found["jobs"].facts == {"invariant_violations": 2}
    assert found["jobs"].is_fresh
    assert 0 <= found["jobs"].age_seconds < 5


async def test_silence_grows_old_and_a_goodbye_is_forgotten(database: Database) -> None:
    await beat(role="jobs", instance="a:1")
    await beat(role="bot", instance="a:2")
    ago = {"$dateSubtract": {"startDate": "$$NOW", "unit": "second", "amount": 60}}
    await Heartbeat.get_pymongo_collection().update_one({"role": "jobs"}, [{"$set": {"beat_at": ago}}])

    await stop_beating(role="bot", instance="a:2")

    (sign,) = await signs_of_life()
    assert not sign.is_fresh
    assert timedelta(seconds=sign.age_seconds) >= timedelta(seconds=60)
