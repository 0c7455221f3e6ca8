"""What moves the addresses that two gateways share, for the benchmarks: linkspan, and keepalived."""

from lab.pair import SHARED_LAN, SHARED_WAN, file_of_pair
from lab.wait import wait_until

# What leaves the LAN has the shared address as its source, so that it is fenced like ESP.
TRANSLATED = "table ip nat { chain out { type nat hook postrouting priority 100; oifname wan0 snat to " + SHARED_WAN + "; }; }\n"
PAIR = """first  = "10.255.0.1"
second = "10.255.0.2"
interval = "{interval}ms"
lost = {lost}
secret = {{ file = "/etc/linkspan/ha.key" }}
"""
# Within 10 ms of processor time in a row, which are its default, an emulated machine gets nothing done, and the kernel kills it. Without a
# router_id it asks DNS for this machine's name, for ten seconds.
KEEPALIVED = """global_defs {{
    router_id pair
    vrrp_version 3
    vrrp_rt_priority 50
    vrrp_rlimit_rttime 10000000
    script_user root
    enable_script_security
}}
vrrp_instance pair {{
    state BACKUP
    interface lan0
    virtual_router_id 7
    priority {priority}
    advert_int {interval}
    nopreempt
    virtual_ipaddress {{
        {wan}/24 dev wan0
        {lan}/24 dev lan0
    }}
{more}}}
"""
PRIORITY = {"a": 200, "b": 199}


class Linkspan:
    """`interval` milliseconds, and so many lost in a row before the other one counts as dead. `tunnels`: what the file has besides."""

    def __init__(self, interval, lost, *tunnels):
        self.ha = PAIR.format(interval=interval, lost=lost)
        self.detection, self.tunnels = interval * lost / 1000, tunnels

    def prepare(self, gateway):
        text = file_of_pair(self.ha) + "\n".join(t.toml for t in self.tunnels)
        gateway.configure(*self.tunnels, text=text)

    def start(self, gateway):
        gateway.start_agent()

    def wait_for_ready(self, active, _):
        wait_until(lambda: active.pair()["peer"]["ready"], "the standby is ready")

    def hand_over(self, active, standby):
        standby.done("ha", "switchover")

    def kill(self, gateway):
        gateway.kill_agent()


class Keepalived:
    """`interval` seconds between advertisements; after three of them the other one is dead, which is in the protocol."""

    def __init__(self, interval, more=""):
        self.interval, self.more, self.processes, self.said_before = interval, more, {}, {}
        self.detection = float(interval) * (3 + (256 - PRIORITY["b"]) / 256)

    def prepare(self, gateway):
        gateway.machine.write("/etc/keepalived.conf", KEEPALIVED.format(priority=PRIORITY[gateway.machine.name], interval=self.interval,
                                                                       wan=SHARED_WAN, lan=SHARED_LAN, more=self.more), mode=0o600)

    def start(self, gateway):
        name = gateway.machine.name
        log = gateway.machine.evidence.log(f"keepalived-{name}.log")
        self.said_before[name] = log.tell()
        self.processes[name] = gateway.machine.spawn(
            ["keepalived", "--dont-fork", "--log-console", "--vrrp", "--use-file", "/etc/keepalived.conf",
             "--pid", "/run/keepalived.pid", "--vrrp_pid", "/run/vrrp.pid"], log=log)

    def wait_for_ready(self, _, standby):
        name = standby.machine.name
        if self.processes[name].poll() is not None:
            self.start(standby)
        log = standby.machine.evidence.directory / f"keepalived-{name}.log"
        wait_until(lambda: "BACKUP STATE" in log.read_text()[self.said_before[name]:], "the standby is ready")

    def hand_over(self, active, standby):
        """Ended in order it says so to the other one. It is there again for the next time."""
        ended = self.processes[active.machine.name]
        ended.terminate()
        ended.wait()

    def kill(self, gateway):
        gateway.machine.run("pkill --signal KILL --pidfile /run/vrrp.pid; pkill --signal KILL --pidfile /run/keepalived.pid; true")
