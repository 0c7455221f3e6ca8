"""What reaches a machine, by its addresses, as its own kernel notes it: before fragments are put together, and without a loss."""

import json

KINDS = ("udp", "tcp", "ping", "refused", "fragment")

# The same in both families: (what is looked at, the address's type, what makes a packet one of the kind).
FAMILIES = {
    4: ("ip", "ipv4_addr", {"udp": "ip protocol udp", "tcp": "ip protocol tcp", "ping": "icmp type { echo-request, echo-reply }",
                            "refused": "icmp type destination-unreachable icmp code port-unreachable",
                            "fragment": "ip frag-off & 0x3fff != 0"}),
    6: ("ip6", "ipv6_addr", {"udp": "meta l4proto udp", "tcp": "meta l4proto tcp", "ping": "icmpv6 type { echo-request, echo-reply }",
                             "refused": "icmpv6 type destination-unreachable icmpv6 code port-unreachable",
                             "fragment": "exthdr frag exists"}),
}


def _table():
    sets, rules = "", ""
    for family, (header, address, kinds) in FAMILIES.items():
        for kind, is_one in kinds.items():
            sets += f"set {kind}{family} {{ type {address} . {address}; size 256; flags dynamic; }}\n"
            rules += f"meta nfproto ipv{family} {is_one} update @{kind}{family} {{ {header} saddr . {header} daddr }}\n"
    return f"table inet ends {{\n{sets}chain arriving {{ type filter hook prerouting priority -450;\n{rules}}}\n}}\n"


class End:
    def __init__(self, machine):
        self.machine = machine
        machine.run("nft", "-f", "-", stdin=_table())

    def seen(self, family):
        """{kind: {(source, destination)}} of all that came so far."""
        listing = json.loads(self.machine.run("nft", "-j", "list", "table", "inet", "ends", quiet=True))["nftables"]
        elements = {e["set"]["name"]: e["set"].get("elem", []) for e in listing if "set" in e}
        found = {kind: {tuple(element["concat"]) for element in elements[f"{kind}{family}"]} for kind in KINDS}
        self.machine.evidence.note(f"{self.machine.name} was reached, IPv{family}: {found}")
        return found
