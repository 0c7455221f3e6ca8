"""Traffic with exact accounts: ICMP echo requests, numbered, paced, each answered or not. The far kernel answers."""

import dataclasses
import ipaddress
import itertools
import math
import select
import socket
import struct
import threading
import time

from lab.wait import expect, wait_until

_identifiers = itertools.count(0x4c00)
HEADER = struct.Struct("!BBHHHQ")  # of ICMP, and the number in full
ECHO_REQUEST, ECHO_REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
UNREACHABLE = {4: {(3, 0), (3, 1)}, 6: {(1, 0), (1, 3)}}  # type and code
# What the socket is to hear: answers, and words of a limit. For ICMP, a bit means that a type is not wanted; for ICMPv6, 256 of them.
HEARD, HEARD_V6 = (ECHO_REPLY[4], 3), (1, 2, ECHO_REPLY[6])
FILTER = (255, 1, struct.pack("=I", 0xffff_ffff & ~sum(1 << kind for kind in HEARD)))  # SOL_RAW, ICMP_FILTER
FILTER_V6 = (socket.IPPROTO_ICMPV6, 1, (2 ** 256 - 1 - sum(1 << kind for kind in HEARD_V6)).to_bytes(32, "little"))


@dataclasses.dataclass
class Account:
    sent: int = 0
    answered: set = dataclasses.field(default_factory=set)
    duplicates: int = 0
    refused: int = 0  # sends the own kernel refused
    unreachable: int = 0  # words of somebody on the way that the network, or the host, is not reached

    @property
    def lost(self):
        return sorted(set(range(self.sent)) - self.answered)

    def __str__(self):
        lost = self.lost
        which = f" (numbers {lost[0]}..{lost[-1]})" if lost else ""
        told = f", told {self.unreachable} times that it is unreachable" if self.unreachable else ""
        return f"{self.sent} sent, {len(self.answered)} answered, {len(lost)} lost{which}, {self.duplicates} duplicates{told}"


class Echo:
    """One numbered stream of echo requests from a machine to an address."""

    def __init__(self, machine, destination, size=56, source=None, forbid_fragments=False):
        self.destination, self.size = str(destination), size
        self.v6 = ipaddress.ip_address(destination).version == 6
        family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if self.v6 else (socket.AF_INET, socket.IPPROTO_ICMP)
        self.socket = machine.socket(family, socket.SOCK_RAW, protocol)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # SO_RCVBUFFORCE: for all that comes while this process has to wait
        if source:
            self.socket.bind((source, 0))
        if forbid_fragments:
            self.socket.setsockopt(*((socket.IPPROTO_IPV6, 62, 1) if self.v6 else (socket.IPPROTO_IP, 10, 2)))  # DONTFRAG; PMTUDISC_DO
        self.socket.setsockopt(*(FILTER_V6 if self.v6 else FILTER))
        self.identifier = next(_identifiers) & 0xffff
        self.account = Account()
        self._filling = b"x" * (size - 8)
        self._sum = ECHO_REQUEST[4] * 256 + self.identifier + _sum(self._filling)  # of what is the same in each
        self._buffer = memoryview(bytearray(65536))
        self._readable = select.poll()
        self._readable.register(self.socket, select.POLLIN)

    def send(self):
        number = self.account.sent
        kind = ECHO_REQUEST[6 if self.v6 else 4]
        check = 0 if self.v6 else 0xffff - (self._sum + (number & 0xffff) + number) % 0xffff  # the kernel does it for ICMPv6
        packet = HEADER.pack(kind, 0, check, self.identifier, number & 0xffff, number) + self._filling
        try:
            self.socket.sendto(packet, (self.destination, 0))
        except OSError:
            self.account.refused += 1
        self.account.sent += 1

    def receive(self, timeout):
        """Takes in what arrives within `timeout` seconds; True if something did."""
        if timeout > 0 and not self._readable.poll(math.ceil(timeout * 1000)):
            return False
        try:
            size = self.socket.recv_into(self._buffer, 0, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        start = 0 if self.v6 else (self._buffer[0] & 15) * 4
        if size < start + HEADER.size:
            return True
        kind, code, _, identifier, _, number = HEADER.unpack_from(self._buffer, start)
        if kind == ECHO_REPLY[6 if self.v6 else 4] and identifier == self.identifier:
            self.account.duplicates += number in self.account.answered
            self.account.answered.add(number)
        elif (kind, code) in UNREACHABLE[6 if self.v6 else 4] and self._is_ours(self._buffer[start + 8:size]):
            self.account.unreachable += 1
        return True

    def _is_ours(self, quoted):
        """Whether the packet that a word of ICMP is about is one of these."""
        start = 40 if self.v6 else (quoted[0] & 15) * 4
        return quoted[start + 4:start + 6] == struct.pack("!H", self.identifier)

    def wait_for_all(self, deadline):
        end = time.monotonic() + deadline
        while len(self.account.answered) < self.account.sent and time.monotonic() < end:
            self.receive(end - time.monotonic())

    def close(self):
        self.socket.close()


def _sum(data):
    """The sum of its 16-bit words, in network byte order."""
    data += b"\0" * (len(data) % 2)
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


PATIENT = 60.0  # seconds: for a single echo that has to be answered, however slow the machine


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
        """As `stop`, once there were enough to mean something; every request must have been answered, however late."""
        wait_until(lambda: self.sent >= least, f"{what}: {least} packets are sent: fewer show nothing")
        account = self.stop(drain=60)
        expect(not account.lost, f"{what}: {account}")
        return account
