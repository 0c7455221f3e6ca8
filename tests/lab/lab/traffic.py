"""Traffic with exact accounts: ICMP echo requests, numbered, paced, each answered or not. The far kernel answers."""

import dataclasses
import ipaddress
import itertools
import select
import socket
import struct
import threading
import time

from lab.wait import expect

_identifiers = itertools.count(0x4c00)


@dataclasses.dataclass
class Account:
    sent: int = 0
    answered: set = dataclasses.field(default_factory=set)
    duplicates: int = 0
    refused: int = 0  # sends the own kernel refused

    @property
    def lost(self):
        return sorted(set(range(self.sent)) - self.answered)

    def __str__(self):
        lost = self.lost
        which = f" (numbers {lost[0]}..{lost[-1]})" if lost else ""
        return f"{self.sent} sent, {len(self.answered)} answered, {len(lost)} lost{which}, {self.duplicates} duplicates"


class Echo:
    """One numbered stream of echo requests from a machine to an address."""

    def __init__(self, machine, destination, size=56, source=None, forbid_fragments=False):
        self.destination, self.size = str(destination), size
        self.v6 = ipaddress.ip_address(destination).version == 6
        family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if self.v6 else (socket.AF_INET, socket.IPPROTO_ICMP)
        self.socket = machine.socket(family, socket.SOCK_RAW, protocol)
        if source:
            self.socket.bind((source, 0))
        if forbid_fragments:
            self.socket.setsockopt(*((socket.IPPROTO_IPV6, 62, 1) if self.v6 else (socket.IPPROTO_IP, 10, 2)))  # DONTFRAG; PMTUDISC_DO
        self.identifier = next(_identifiers) & 0xffff
        self.account = Account()

    def send(self):
        number = self.account.sent
        header = struct.pack("!BBHHH", 128 if self.v6 else 8, 0, 0, self.identifier, number & 0xffff)
        packet = header + struct.pack("!Q", number) + b"x" * (self.size - 8)
        if not self.v6:  # the kernel does it for ICMPv6
            packet = packet[:2] + struct.pack("!H", _checksum(packet)) + packet[4:]
        try:
            self.socket.sendto(packet, (self.destination, 0))
        except OSError:
            self.account.refused += 1
        self.account.sent += 1

    def receive(self, timeout):
        """Takes in what arrives within `timeout` seconds; True if something did."""
        if not select.select([self.socket], [], [], max(0, timeout))[0]:
            return False
        packet = self.socket.recv(65536)
        body = packet if self.v6 else packet[(packet[0] & 15) * 4:]
        kind, _, _, identifier = struct.unpack("!BBHH", body[:6])
        if kind == (129 if self.v6 else 0) and identifier == self.identifier:
            number, = struct.unpack("!Q", body[8:16])
            self.account.duplicates += number in self.account.answered
            self.account.answered.add(number)
        return True

    def wait_for_all(self, deadline):
        end = time.monotonic() + deadline
        while len(self.account.answered) < self.account.sent and time.monotonic() < end:
            self.receive(end - time.monotonic())

    def close(self):
        self.socket.close()


def _checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ping(machine, destination, deadline=3.0, **options):
    """One echo request; True if its answer came within `deadline` seconds."""
    echo = Echo(machine, destination, **options)
    try:
        echo.send()
        echo.wait_for_all(deadline)
        return not echo.account.lost
    finally:
        echo.close()


class Traffic:
    """Echo requests at a steady rate in the background, until `stop()`."""

    def __init__(self, machine, destination, rate=100, **options):
        self._echo, self._rate = Echo(machine, destination, **options), rate
        self._running = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        due = time.monotonic()
        while self._running:
            now = time.monotonic()
            if due <= now:
                self._echo.send()
                due = max(due, now - 0.05) + 1 / self._rate  # after a pause of the whole machine, no burst to catch up
            self._echo.receive(due - now)
            while self._echo.receive(0):  # the socket hears everybody's echoes: on a busy machine more than one a round
                pass

    @property
    def sent(self):
        return self._echo.account.sent

    @property
    def answered(self):
        return len(self._echo.account.answered)

    def stop(self, drain=5.0):
        """Sends no more, waits for answers under way, and gives the account."""
        self._running = False
        self._thread.join()
        self._echo.wait_for_all(drain)
        self._echo.close()
        return self._echo.account

    def stop_lossless(self, what, least=50):
        """As `stop`; every request must have been answered, and there must have been enough of them to mean something."""
        account = self.stop()
        expect(account.sent >= least, f"{what}: only {account.sent} packets were sent, which shows nothing")
        expect(not account.lost, f"{what}: {account}")
        return account
