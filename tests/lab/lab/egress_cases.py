"""Egress, only what is allowed: a table of hosts, questions and destinations, with what has to come of each, under four settings."""

import dataclasses
import re

from lab.names import AAAA, HTTPS, A
from lab.resolvers import Record

CLIENTS = {"ten": "10.1.0.10", "ten6": "fd00:1::10", "eleven": "10.1.0.11", "twelve": "10.1.0.12", "passer": "10.1.0.14", "narrow": "10.1.0.33",
           "wide": "10.1.0.34", "open": "10.1.0.35", "stray": "10.1.0.200"}
RESOLVERS = {"dnsmasq": "198.51.100.7", "unbound": "198.51.100.8", "bind": "198.51.100.9", "odd": "198.51.100.6", "gateway": "10.1.0.1",
             "silent": "198.51.100.4", "outsider": "198.51.100.5"}
RESOLVERS_6 = {"dnsmasq": "2001:db8:b::7", "bind": "2001:db8:b::9", "odd": "2001:db8:b::6", "silent": "2001:db8:b::4"}
PORTS = ["80/tcp", "443/tcp", "853/tcp", "5000/tcp", "8000/tcp", "8001/tcp", "8010/tcp", "8011/tcp", "8080/tcp", "443/udp", "5000/udp", "5001/udp"]

SOMEBODY = """table ip somebody {
  chain translated { type nat hook postrouting priority srcnat; oifname "wan0" ip saddr 10.1.0.200 masquerade; ip saddr 10.1.0.10 accept; }
  chain filtered { type filter hook forward priority filter; ip saddr 10.1.0.33 drop; }
}
"""

FILE = """[gateway]
uplink = "wan0"
lan    = ["lan0"]

[egress]
resolvers       = [{resolvers}]
minimum_ttl     = "1s"
private_answers = ["10.77.0.0/16"]
limits          = {{ log_rate = 1000, {limits} }}
{settings}

[[egress.tag]]
name  = "web"
allow = ["good.lab:8080/tcp", "*.star.lab:8080/tcp", "bücher.lab:8080/tcp", "UPPER.Lab.:8080/tcp", "alias.lab:8080/tcp", "chain.lab:8080/tcp",
         "range.lab:8000-8010/tcp", "list.lab:8001,8080/tcp", "udp.lab:5000/udp", "both.lab:5000", "ping.lab/icmp", "all.lab",
         "*.deny.lab:8001,8080/tcp", "shared.lab:80,443,8080/tcp", "listed.lab:80,443/tcp", "*.wild.lab:80,443/tcp", "quic.lab:443/udp",
         "rebind.lab:8080/tcp", "private.lab:8080/tcp", "own.lab:53,8080", "198.51.100.5/32:53", "gateway.lab:8080/tcp", "resolver.lab:8080/tcp", "dot.lab:853/tcp", "doh.lab:443/tcp",
         "*.odd.lab:8080/tcp", "198.51.100.192/28:8080/tcp", "[2001:db8:b::192]:8080/tcp", "10.66.0.0/16:8001/tcp"]
deny  = ["bad.deny.lab", "half.deny.lab:8080/tcp", "198.51.100.200/32"]

[[egress.tag]]
name  = "other"
allow = ["*.other.lab:8080/tcp"]

[[egress.tag]]
name  = "common"
allow = ["common.lab:8080/tcp", "*.both.lab:8080/tcp"]

[[egress.tag]]
name  = "extra"
allow = ["extra.lab:8080/tcp"]
deny  = ["not.both.lab"]

[[egress.tag]]
name = "neighbours"
deny = ["198.51.100.224/28", "198.51.100.193/32:8080/tcp"]

[[egress.policy]]
sources = ["10.1.0.10/32", "fd00:1::10/128"]
tags    = ["web"]

[[egress.policy]]
sources = ["10.1.0.11/32"]
tags    = ["other"]

[[egress.policy]]
sources = ["10.1.0.12/32"]
tags    = ["neighbours"]
default = "allow"

[[egress.policy]]
sources      = ["10.1.0.14/32"]
pass_through = ["198.51.100.208/28"]

[[egress.policy]]
sources = ["10.1.0.32/28"]
tags    = ["common"]

[[egress.policy]]
sources = ["10.1.0.33/32"]
tags    = ["extra"]

[[egress.policy]]
sources = ["10.1.0.35/32"]
default = "allow"
"""

# Names with a meaning; all others of the tables get an address each.
SPECIAL = [Record("alias.lab", "CNAME", "cdn.lab"), Record("chain.lab", "CNAME", "c1.lab"), Record("c1.lab", "CNAME", "c2.lab"),
           Record("c2.lab", "CNAME", "c3.lab"), Record("unlisted-alias.lab", "CNAME", "alone.lab"), Record("neighbour.lab", "CNAME", "shared.lab"),
           Record("b.wild.lab", "CNAME", "a.wild.lab"), Record("rebind.lab", "A", "10.66.0.5"), Record("private.lab", "A", "10.77.0.5"),
           Record("own.lab", "A", "198.51.100.5"), Record("gateway.lab", "A", "203.0.113.10"),
           Record("resolver.lab", "A", "198.51.100.8"), Record("doh.lab", "A", "9.9.9.9")]

# what | who | asks for (name/TYPE@resolver+tcp) | goes to (as asked where empty, "-" nowhere) | says | what comes of it
USUAL = """
an address no name led to              | ten    | -                         | good.lab:8080         |                    | refused
a name on the list                     | ten    | good.lab                  | :8080                 |                    | reached
another port than the rule's           | ten    | good.lab                  | :8001                 |                    | refused
another protocol than the rule's       | ten    | good.lab                  | :5000/udp             |                    | refused
no echo by a rule about TCP            | ten    | good.lab                  | :0/icmp               |                    | refused
another client's pin                   | eleven | -                         | good.lab:8080         |                    | refused
another client asks for it itself      | eleven | good.lab                  | :8080                 |                    | refused
that client's own list                 | eleven | a.other.lab               | :8080                 |                    | reached
which is not the first one's           | ten    | a.other.lab               | :8080                 |                    | refused
a name on no list                      | ten    | bad.lab                   | :8080                 |                    | refused
one that ends alike                    | ten    | notgood.lab               | :8080                 |                    | refused
one below a name without a wildcard    | ten    | www.good.lab              | :8080                 |                    | refused
one label below a wildcard             | ten    | w.star.lab                | :8080                 |                    | reached
three labels below a wildcard          | ten    | w.x.y.star.lab            | :8080                 |                    | reached
a wildcard's apex                      | ten    | star.lab                  | :8080                 |                    | refused
ends like a wildcard, within a label   | ten    | wstar.lab                 | :8080                 |                    | refused
a name in Unicode                      | ten    | xn--bcher-kva.lab         | :8080                 |                    | reached
asked for in capitals                  | ten    | CAPITALS.star.LAB         | :8080                 |                    | reached
written in capitals and with a dot     | ten    | upper.lab                 | :8080                 |                    | reached
the answer in other case               | ten    | other-case.120.odd.lab@odd| :8080                 |                    | reached
a listed alias of a name that is not   | ten    | alias.lab                 | cdn.lab:8080          |                    | reached
an alias of a listed name              | ten    | unlisted-alias.lab        | alone.lab:8080        |                    | refused
a chain of aliases                     | ten    | chain.lab                 | c3.lab:8080           |                    | reached
its first member alone                 | eleven | c1.lab                    | c3.lab:8080           |                    | refused
by unbound                             | ten    | u.star.lab@unbound        | :8080                 |                    | reached
by bind                                | ten    | b.star.lab@bind           | :8080                 |                    | reached
a resolver on the gateway itself       | ten    | g.star.lab@gateway        | :8080                 |                    | reached
a chain by unbound                     | ten    | chain.lab@unbound         | c3.lab:8080           |                    | reached
a chain by bind                        | ten    | chain.lab@bind            | c3.lab:8080           |                    | reached
the first of a range of ports          | ten    | range.lab                 | :8000                 |                    | reached
the last of a range of ports           | ten    | range.lab                 | :8010                 |                    | reached
one behind a range of ports            | ten    | range.lab                 | :8011                 |                    | refused
one of a list of ports                 | ten    | list.lab                  | :8001                 |                    | reached
another of the list                    | ten    | list.lab                  | :8080                 |                    | reached
one between the two                    | ten    | list.lab                  | :8010                 |                    | refused
UDP                                    | ten    | udp.lab                   | :5000/udp             |                    | reached
UDP to another port                    | ten    | udp.lab                   | :5001/udp             |                    | refused
TCP by a rule about UDP                | ten    | udp.lab                   | :5000                 |                    | refused
a port without a protocol, TCP         | ten    | both.lab                  | :5000                 |                    | reached
a port without a protocol, UDP         | ten    | both.lab                  | :5000/udp             |                    | reached
ICMP                                   | ten    | ping.lab                  | :0/icmp               |                    | reached
TCP by a rule about ICMP               | ten    | ping.lab                  | :8080                 |                    | refused
a rule about everything, ICMP          | ten    | all.lab                   | :0/icmp               |                    | reached
a rule about everything, UDP           | ten    | all.lab                   | :5001/udp             |                    | reached
below a wildcard, not denied           | ten    | ok.deny.lab               | :8080                 |                    | reached
denied wins over a wildcard            | ten    | bad.deny.lab              | :8080                 |                    | refused
denied for one port                    | ten    | half.deny.lab             | :8080                 |                    | refused
and not for the other                  | ten    | half.deny.lab             | :8001                 |                    | reached
a network on the list                  | ten    | -                         | 198.51.100.193:8080   |                    | reached
another port of that network           | ten    | -                         | 198.51.100.193:8001   |                    | refused
an address denied within it            | ten    | -                         | 198.51.100.200:8080   |                    | refused
one beside the network                 | ten    | -                         | 198.51.100.191:8080   |                    | refused
an IPv6 address on the list            | ten6   | -                         | [2001:db8:b::192]:8080|                    | reached
the one beside it                      | ten6   | -                         | [2001:db8:b::193]:8080|                    | refused
a private network on the list          | ten    | -                         | 10.66.0.5:8001        |                    | reached
a private address no rule is about     | ten    | -                         | 10.66.0.5:8080        |                    | refused
a public name for a private address    | ten    | rebind.lab                | 10.66.0.5:8080        |                    | refused
a private address that names may have  | ten    | private.lab               | 10.77.0.5:8080        |                    | reached
a private address beside a public one  | ten    | inside-too.122.odd.lab@odd| 10.66.0.5:8080        |                    | refused
that public one                        | ten    | -                         | 198.51.100.122:8080   |                    | reached
a name for a resolver                  | ten    | resolver.lab              | 198.51.100.8:8080     |                    | refused
an IPv4 address in the dress of IPv6   | ten6   | mapped.124.odd.lab/AAAA@odd| -                    |                    | answer
a destination that is passed           | passer | -                         | 198.51.100.209:8001   |                    | reached
a destination beside those             | passer | -                         | 198.51.100.207:8001   |                    | refused
default allow                          | twelve | -                         | good.lab:8001         |                    | reached
default allow, a network denied        | twelve | -                         | 198.51.100.225:8001   |                    | refused
default allow, a port denied           | twelve | -                         | 198.51.100.193:8080   |                    | refused
default allow, another port            | twelve | -                         | 198.51.100.193:8001   |                    | reached
default allow, and another resolver    | twelve | good.lab@outsider         | -                     |                    | refused
a wide source's tag                    | wide   | common.lab                | :8080                 |                    | reached
and not the narrow one's               | wide   | extra.lab                 | :8080                 |                    | refused
the narrow source's own tag            | narrow | extra.lab                 | :8080                 |                    | reached
and the wide one's around it           | narrow | common.lab                | :8080                 |                    | reached
the narrow one's denial, of a wide tag | narrow | not.both.lab              | :8080                 |                    | refused
which is the wide one's still          | wide   | not.both.lab              | :8080                 |                    | reached
the narrowest default decides          | open   | -                         | good.lab:8001         |                    | reached
no policy, no check                    | stray  | -                         | good.lab:8001         |                    | reached
no policy, any resolver                | stray  | good.lab@outsider         | -                     |                    | answer
the gateway's own address, by a name   | ten    | gateway.lab               | -                     |                    | answer
a resolver of one's own, by its name   | ten    | own.lab                   | 198.51.100.5:8080     |                    | reached
which answers nobody, rules or not     | ten    | good.lab@outsider         | -                     |                    | refused
not even by TCP                        | ten    | good.lab@outsider+tcp     | -                     |                    | refused
another resolver                       | eleven | a.other.lab@outsider      | -                     |                    | refused
another resolver, by TCP               | eleven | a.other.lab@outsider+tcp  | -                     |                    | refused
an answer by TCP                       | ten    | t1.star.lab+tcp           | :8080                 |                    | reached
an answer by TCP, bind                 | ten    | t2.star.lab@bind+tcp      | :8080                 |                    | reached
an answer by TCP, unbound              | ten    | t3.star.lab@unbound+tcp   | :8080                 |                    | reached
by TCP, in pieces                      | ten    | pieces.126.odd.lab@odd+tcp| :8080                 |                    | reached
cut, and nothing in it                 | ten    | truncated.128.odd.lab@odd | :8080                 |                    | refused
asked again by TCP                     | ten    | truncated.128.odd.lab@odd+tcp| :8080              |                    | reached
in fragments                           | ten    | fragments.130.odd.lab@odd | :8080                 |                    | reached
HTTPS, with hints                      | ten    | plain.132.odd.lab/HTTPS@odd| 198.51.100.132:8080  |                    | reached
an error with an address               | ten    | error.134.odd.lab@odd     | :8080                 |                    | refused
another id than the question's         | ten    | wrong-id.136.odd.lab@odd  | :8080                 |                    | refused
no answer but a question               | ten    | no-answer-bit.138.odd.lab@odd| :8080              |                    | refused
cut within a record                    | ten    | short.140.odd.lab@odd     | :8080                 |                    | refused
an address in the additional section   | ten    | additional.142.odd.lab@odd| 198.51.100.143:8080   |                    | refused
an address of another owner            | ten    | other-owner.144.odd.lab@odd| 198.51.100.145:8080  |                    | refused
an answer nobody asked for, beside one | ten    | unasked.146.odd.lab@odd   | 198.51.100.147:8080   |                    | refused
sixteen aliases                        | ten    | chain-of-16.148.odd.lab@odd| 198.51.100.148:8080  |                    | reached
seventeen                              | ten    | chain-of-17.150.odd.lab@odd| 198.51.100.150:8080  |                    | refused
aliases in a circle                    | ten    | loop.152.odd.lab@odd      | 198.51.100.152:8080   |                    | refused
DNS over TLS                           | ten    | dot.lab                   | :853                  |                    | refused
DNS over HTTPS, a known server         | ten    | doh.lab                   | 9.9.9.9:443           | sni doh.lab        | refused
IPv6: a name on the list               | ten6   | v1.star.lab/AAAA          | :8080                 |                    | reached
IPv6: by IPv4's question               | ten6   | v2.star.lab               | :8080                 |                    | refused
IPv6: a name on no list                | ten6   | bad.lab/AAAA              | :8080                 |                    | refused
IPv6: UDP                              | ten6   | udp.lab/AAAA              | :5000/udp             |                    | reached
IPv6: UDP, another port                | ten6   | udp.lab/AAAA              | :5001/udp             |                    | refused
IPv6: ICMP                             | ten6   | ping.lab/AAAA             | :0/icmp               |                    | reached
IPv6: no ICMP                          | ten6   | good.lab/AAAA             | :0/icmp               |                    | refused
IPv6: by TCP, bind                     | ten6   | v3.star.lab/AAAA@bind+tcp | :8080                 |                    | reached
IPv6: in fragments                     | ten6   | fragments.154.odd.lab/A@odd| -                    |                    | answer
IPv6: a chain of aliases               | ten6   | chain.lab/AAAA            | c3.lab:8080           |                    | reached
the name in TLS                        | ten    | shared.lab                | :443                  | sni shared.lab     | reached
the name in TLS, in three segments     | ten    | shared.lab                | :443                  | sni shared.lab in 3| reached
a foreign name in TLS                  | ten    | shared.lab                | :443                  | sni neighbour.lab  | refused
a foreign name in TLS, in segments     | ten    | shared.lab                | :443                  | sni neighbour.lab in 3| refused
a name of another rule, listed too     | ten    | shared.lab                | :443                  | sni listed.lab     | refused
another name of the same wildcard      | ten    | a.wild.lab                | :443                  | sni b.wild.lab     | reached
a wildcard's apex in TLS               | ten    | a.wild.lab                | :443                  | sni wild.lab       | refused
no name in TLS                         | ten    | shared.lab                | :443                  | sni -              | reached
no TLS at all                          | ten    | shared.lab                | :443                  | nonsense           | reached
the Host                               | ten    | shared.lab                | :80                   | host shared.lab    | reached
the Host with a port, in capitals      | ten    | shared.lab                | :80                   | host SHARED.lab:80 | reached
a foreign Host                         | ten    | shared.lab                | :80                   | host neighbour.lab | refused
a foreign Host in segments             | ten    | shared.lab                | :80                   | host neighbour.lab in 4| refused
no Host                                | ten    | shared.lab                | :80                   | host -             | reached
IPv6: the name in TLS                  | ten6   | shared.lab/AAAA           | :443                  | sni shared.lab     | reached
IPv6: a foreign name in TLS            | ten6   | shared.lab/AAAA           | :443                  | sni neighbour.lab  | refused
UDP to port 443                        | ten    | quic.lab                  | :443/udp              |                    | reached
"""

STRICT = """
the name in TLS                        | ten    | shared.lab                | :443                  | sni shared.lab     | reached
a foreign name in TLS                  | ten    | shared.lab                | :443                  | sni neighbour.lab  | refused
no name in TLS                         | ten    | shared.lab                | :443                  | sni -              | refused
no TLS at all                          | ten    | shared.lab                | :443                  | nonsense           | refused
the Host                               | ten    | shared.lab                | :80                   | host shared.lab    | reached
no Host                                | ten    | shared.lab                | :80                   | host -             | refused
another port, no name looked for       | ten    | shared.lab                | :8080                 |                    | reached
UDP to port 443, where a name may hide | ten    | quic.lab                  | :443/udp              |                    | refused
IPv6: no name in TLS                   | ten6   | shared.lab/AAAA           | :443                  | sni -              | refused
default allow, no name                 | twelve | -                         | shared.lab:443        | sni -              | reached
"""

LAX = """
a foreign name in TLS                  | ten    | shared.lab                | :443                  | sni neighbour.lab  | reached
a foreign Host                         | ten    | shared.lab                | :80                   | host neighbour.lab | reached
no name in TLS                         | ten    | shared.lab                | :443                  | sni -              | reached
another port than the rule's           | ten    | shared.lab                | :8001                 |                    | refused
another resolver, answered by ours     | ten    | r1.star.lab@outsider      | :8080                 |                    | reached
another resolver, by TCP               | ten    | r2.star.lab@outsider+tcp  | :8080                 |                    | reached
DNS over TLS by a rule                 | ten    | dot.lab                   | :853                  |                    | reached
DNS over TLS without one               | ten    | good.lab                  | :853                  |                    | refused
DNS over HTTPS by a rule               | ten    | doh.lab                   | 9.9.9.9:443           | sni doh.lab        | reached
a private destination                  | ten    | -                         | 10.66.0.5:8080        |                    | reached
a public one that no rule is about     | ten    | -                         | bad.lab:8080          |                    | refused
an answer from another port            | ten    | wrong-port.160.odd.lab@odd| :8080                 |                    | refused
an answer from another address         | ten    | wrong-address.162.odd.lab@odd| :8080              |                    | refused
an answer with another id              | ten    | wrong-id.164.odd.lab@odd  | :8080                 |                    | refused
a right one from the same resolver     | ten    | plain.166.odd.lab@odd     | :8080                 |                    | reached
"""


@dataclasses.dataclass(frozen=True)
class Case:
    what: str
    who: str
    asks: str
    goes: str
    says: str
    wanted: str

    @property
    def question(self):
        """name, type, resolver, whether by TCP; None where nothing is asked."""
        parts = re.fullmatch(r"([^/@+]+)(?:/(\w+))?(?:@(\w+))?(\+tcp)?", self.asks)
        return None if self.asks == "-" else (parts[1], {"A": A, "AAAA": AAAA, "HTTPS": HTTPS}[parts[2] or "A"], parts[3] or "dnsmasq", bool(parts[4]))


def cases(table):
    return [Case(*(cell.strip() for cell in line.split("|"))) for line in table.strip().splitlines()]


def numbers(*tables):
    """Every name of the tables that has no address yet: which it gets."""
    named = {record.name for record in SPECIAL}
    names = [name for table in tables for case in cases(table) for name in (case.asks, case.goes)]
    plain = {re.split(r"[/@+:]", name)[0].lower() for name in names}
    return {name: 20 + i if i < 40 else 40 + i for i, name in enumerate(sorted(n for n in plain if n.endswith(".lab") and ".odd." not in n and n not in named))}
