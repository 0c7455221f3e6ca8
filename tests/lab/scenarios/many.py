"""Many connections at once between two gateways; bench/ike_scale measures a thousand."""

from lab.many import Many, Usage
from lab.scenario import scenario
from lab.wait import expect_equal


@scenario("50 connections to one far end: all come up, one CHILD_SA each, and each carries packets", needs=["esp4 with AES-GCM"], once=True)
def fifty_connections(lab):
    many = Many(lab, 50)
    seconds = many.wait_for_all(many.begin_by_linkspan)
    many.expect_traffic()
    expect_equal(many.installed(), 50, "CHILD_SAs")
    agent = Usage.of(many.agent.pid)
    print(f"{seconds:.0f} s, the agent {agent.processor:.1f} s of processor and {agent.peak:.0f} MB; ", end="")
