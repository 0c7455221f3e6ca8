"""Waiting on state, never on time. Deadlines are generous: they cost nothing unless something is broken, and an emulated
machine on a busy host is slow."""

import time


class Expected(AssertionError):
    """An expectation that did not hold."""


def wait_until(predicate, what, deadline=300, every=0.05):
    """Polls until `predicate()` is true and returns its value; after `deadline` seconds says what never happened."""
    end = time.monotonic() + deadline
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise Expected(f"not within {deadline} s: {what}")
        time.sleep(every)


def expect(condition, what):
    if not condition:
        raise Expected(what)


def expect_equal(actual, wanted, what):
    expect(actual == wanted, f"{what}: {actual!r}, wanted {wanted!r}")
