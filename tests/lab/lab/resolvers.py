"""One zone, told by three resolvers of the field and by one that answers as the question's first label says."""

import dataclasses
import pathlib

from lab.wait import wait_until

ODD_DNS = pathlib.Path(__file__).with_name("odd_dns.py")


@dataclasses.dataclass(frozen=True)
class Record:
    name: str
    kind: str  # A, AAAA, CNAME, HTTPS
    data: str


def zone_file(zone, records, ttl):
    lines = [f"$TTL {ttl}", f"@ IN SOA ns.{zone}. admin.{zone}. 1 3600 600 86400 {ttl}", f"@ IN NS ns.{zone}.", "ns IN A 198.51.100.9"]
    return "\n".join(lines + [f"{r.name}. IN {r.kind} {r.data}{'.' if r.kind == 'CNAME' else ''}" for r in records]) + "\n"


class Resolver:
    """A program that answers at `address` until it is stopped."""

    def __init__(self, machine, address, argv):
        self._process = machine.spawn(argv, log=machine.evidence.log(f"{pathlib.Path(argv[0]).name}-{address}.log"))
        shown = f"[{address}]" if ":" in address else address
        wait_until(lambda: f"{shown}:53 " in machine.run("ss -lntu"), f"{argv[0]} listens at {address}")

    def stop(self):
        self._process.kill()
        self._process.wait()


def dnsmasq(machine, addresses, records, ttl):
    """Of type HTTPS it knows nothing by name; those records are left to the others."""
    owners = {}
    for record in records:
        if record.kind in ("A", "AAAA"):
            owners.setdefault(record.name, []).append(record.data)
    told = [f"--host-record={name},{address}" for name, all_of in owners.items() for address in all_of]
    told += [f"--cname={r.name},{r.data}" for r in records if r.kind == "CNAME"]
    return Resolver(machine, addresses[0], [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", f"--local-ttl={ttl}",
        "--bind-interfaces", "--pid-file=", "--log-facility=-", "--local=/lab/", *(f"--listen-address={a}" for a in addresses), *told])


def unbound(machine, addresses, zone, records, ttl):
    machine.write("/etc/linkspan/unbound.zone", zone_file(zone, records, ttl), quiet=True)
    listens = "".join(f"  interface: {address}\n" for address in addresses)
    machine.write("/etc/linkspan/unbound.conf", f"""server:
{listens}  access-control: 0.0.0.0/0 allow
  access-control: ::0/0 allow
  username: ""
  chroot: ""
  directory: "/run"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  num-threads: 1
  module-config: "iterator"
remote-control:
  control-enable: no
auth-zone:
  name: "{zone}"
  zonefile: "/etc/linkspan/unbound.zone"
  for-upstream: no
  for-downstream: yes
""", quiet=True)
    return Resolver(machine, addresses[0], ["unbound", "-d", "-c", "/etc/linkspan/unbound.conf"])


def bind(machine, addresses, zone, records, ttl):
    machine.write("/etc/linkspan/named.zone", zone_file(zone, records, ttl), quiet=True)
    four = "".join(f"{a}; " for a in addresses if ":" not in a)
    six = "".join(f"{a}; " for a in addresses if ":" in a) or "none; "
    machine.write("/etc/linkspan/named.conf", f"""options {{ directory "/run"; pid-file none; session-keyfile none; listen-on {{ {four}}}; listen-on-v6 {{ {six}}};
  recursion no; dnssec-validation no; notify no; allow-query {{ any; }}; }};
controls {{ }};
zone "{zone}" {{ type primary; file "/etc/linkspan/named.zone"; check-names ignore; }};
""", quiet=True)
    return Resolver(machine, addresses[0], ["named", "-g", "-n", "1", "-c", "/etc/linkspan/named.conf"])


def odd(machine, addresses):
    """See odd_dns.py. All of one family or of both."""
    return Resolver(machine, addresses[0], ["python3", ODD_DNS, *addresses])
