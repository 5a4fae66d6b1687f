"""A message of a device without a clock: sent again it is the same, alike it is another."""

from anlan.connectors.mqtt.arrivals import Arrivals


def test_a_message_that_is_sent_again_bears_its_first_arrival_also_when_our_word_was_lost() -> None:
    arrivals = Arrivals()
    first = arrivals.of(1, "a", b"1", is_again=False)
    assert arrivals.of(1, "a", b"1", is_again=True) == first
    arrivals.acknowledged(1)
    assert arrivals.of(1, "a", b"1", is_again=True) == first


def test_an_alarm_that_never_arrived_the_first_time_is_not_an_old_one() -> None:
    """On, off, and on again in flight when the connection breaks: it comes with DUP."""
    for mids in ((1, 2, 3), (1, 1, 1)):  # brokers count, or take the lowest that is free
        arrivals = Arrivals()
        on = arrivals.of(mids[0], "a", b"1", is_again=False)
        arrivals.acknowledged(mids[0])
        off = arrivals.of(mids[1], "a", b"0", is_again=False)
        assert on < off < arrivals.of(mids[2], "a", b"1", is_again=True)


def test_what_was_acknowledged_long_ago_is_forgotten() -> None:
    arrivals = Arrivals(lost_s=0)
    first = arrivals.of(1, "a", b"1", is_again=False)
    arrivals.acknowledged(1)
    assert arrivals.of(1, "a", b"1", is_again=True) > first


def test_long_messages_differ_where_their_ends_do() -> None:
    arrivals = Arrivals()
    first = arrivals.of(1, "a", b"x" * 2_000 + b"1", is_again=False)
    assert arrivals.of(1, "a", b"x" * 2_000 + b"0", is_again=True) > first
