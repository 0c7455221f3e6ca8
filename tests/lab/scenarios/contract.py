"""What the fakes and the rooms promise of the kernel, asked of this one: the contract and namespace tests, of which a
kernel without ESP, VTI or XFRM interfaces skips the half. Here a skip is a failure."""

from lab.gateway import program
from lab.machine import Machine
from lab.scenario import scenario
from lab.wait import expect

PROGRAMS = ["contract/contract_vti", "contract/contract_route", "contract/contract_xfrm", "contract/contract_nft",
            "netns/netns_fence", "netns/netns_monitor", "netns/netns_nft_clamp", "netns/netns_xfrm_twin"]


@scenario("the contract suites hold on this kernel, and none of them is skipped")
def contract(lab):
    machine = lab.add(Machine("tester", lab.evidence))
    for name in PROGRAMS:
        status, output = machine.call(program(f"tests/{name}"), "--gtest_brief=1")
        expect(status == 0, f"{name}:\n{output[-2000:]}")
        expect("SKIPPED" not in output, f"{name} skipped something:\n{output[-2000:]}")
