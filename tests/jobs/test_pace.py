"""Below Telegram's limits, chat by chat and overall."""

from beanie import PydanticObjectId

from jobs.delivery.pace import OVERALL_PER_SECOND, Pace


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_gets_a_small_burst_and_then_one_a_second():
    pace, chat = Pace(clock=Time()), PydanticObjectId()

    waits = [pace.reserve(chat, patience_seconds=10)[1] for _ in range(5)]

    assert [round(wait) for wait in waits] == [0, 0, 0, 1, 2]


def test_all_chats_together_stay_below_the_overall_limit():
    pace = Pace(clock=Time())

    waits = [pace.reserve(PydanticObjectId(), patience_seconds=10)[1] for _ in range(51)]

    assert round(waits[-1], 6) == 50 / OVERALL_PER_SECOND


def test_a_moment_too_far_away_is_not_reserved():
    pace, chat = Pace(clock=Time()), PydanticObjectId()
    for _ in range(5):
        pace.reserve(chat, patience_seconds=2)

    assert pace.reserve(chat, patience_seconds=2) == (False, 3.0)
    assert pace.reserve(chat, patience_seconds=2) == (False, 3.0)
    assert pace.reserve(PydanticObjectId(), patience_seconds=2)[0]


def test_a_held_chat_waits_as_long_as_it_was_told_and_others_do_not():
    time = Time()
    pace, chat = Pace(clock=time), PydanticObjectId()

    pace.hold(chat, seconds=30)

    assert pace.held_seconds(chat) == 30
    assert pace.reserve(chat, patience_seconds=2) == (False, 30.0)
    assert pace.reserve(PydanticObjectId(), patience_seconds=2) == (True, 0.0)
    time.now += 30
    assert pace.held_seconds(chat) == 0
    assert pace.reserve(chat, patience_seconds=2) == (True, 0.0)
