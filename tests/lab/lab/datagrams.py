"""Numbered datagrams at a steady rate, one way: for rates at which an answer to each would be too much for the machine.
Run as a program, which it is for whoever sends: python3 datagrams.py ADDRESS PORT RATE."""

import signal
import socket
import struct
import subprocess
import sys
import time

BUFFER = 16 << 20  # bytes: what arrives is read at the end, so that reading it costs nothing meanwhile
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
PORT = 5004
DATAGRAM = struct.Struct("!Qd")  # its number, and when it was sent


class Datagrams:
    """From machine to machine, until `stop`. A process of its own sends, and waits for nothing that this one does."""

    def __init__(self, sender, receiver, address, rate):
        self._receiver = receiver.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._receiver.bind((address, PORT))
        self._sender = sender.spawn([sys.executable, "-S", __file__, address, PORT, rate], stdout=subprocess.PIPE, text=True)
        self._sender.stdout.readline()
        self.sent, self.seconds = 0, 0.0  # known after `stop`, as is:
        self.arrived = {}  # number: (sent, when the receiver's kernel had it), seconds since the epoch

    def stop(self):
        """The numbers that did not arrive, once the last one has."""
        self._sender.terminate()
        sent, seconds = self._sender.communicate()[0].split()
        self.sent, self.seconds = int(sent), float(seconds)
        with self._receiver:
            self._receiver.settimeout(10)
            while self.sent - 1 not in self.arrived:
                data, ancillary, _, _ = self._receiver.recvmsg(64, 64)
                number, when = DATAGRAM.unpack(data)
                self.arrived[number] = when, _seconds(ancillary)
        return sorted(set(range(self.sent)) - self.arrived.keys())

    def longest_silence(self):
        """(begin, end), the longest time between two arrivals."""
        times = sorted(arrived for _, arrived in self.arrived.values())
        return max(zip(times, times[1:]), key=lambda silence: silence[1] - silence[0])

    def sent_between(self, begin, end):
        """How many of those that arrived were sent then."""
        return sum(begin < sent < end for sent, _ in self.arrived.values())


def _seconds(ancillary):
    seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
    return seconds + nanoseconds / 1e9


def send(address, port, rate):
    """Until the process is told to end; says when half a second's worth is under way, and at the end how many, in which time."""
    running = True

    def end(*_):
        nonlocal running
        running = False
    signal.signal(signal.SIGTERM, end)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((address, port))
        number, begun = 0, time.monotonic()
        due = begun
        while running:
            now = time.monotonic()
            if now < due:
                time.sleep(due - now)
            sender.send(DATAGRAM.pack(number, time.time()))
            number += 1
            due = max(due, now - 0.05) + 1 / rate  # after a pause of the whole machine, no burst to catch up
            if number == rate // 2:
                print("flowing", flush=True)
        print(number, time.monotonic() - begun)


if __name__ == "__main__":
    send(sys.argv[1], *map(int, sys.argv[2:]))
