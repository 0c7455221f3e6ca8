"""Numbered datagrams at a steady rate, one way: for rates at which an answer to each would be too much for the machine."""

import socket
import struct
import threading
import time

BUFFER = 16 << 20  # bytes: what arrives is read at the end, so that reading it costs nothing meanwhile
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
PORT = 5004


class Datagrams:
    """From machine to machine, until `stop`."""

    def __init__(self, sender, receiver, address, rate):
        self._receiver = receiver.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._receiver.bind((address, PORT))
        self._sender = sender.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._to, self._rate, self._running = (address, PORT), rate, True
        self.sent, self.seconds = 0, 0.0
        self.arrived = {}  # number: when the receiver's kernel had it, seconds since the epoch. Known after `stop`
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        begun = due = time.monotonic()
        while self._running:
            now = time.monotonic()
            if now < due:
                time.sleep(due - now)
            self._sender.sendto(struct.pack("!Q", self.sent), self._to)
            self.sent += 1
            due = max(due, now - 0.05) + 1 / self._rate  # after a pause of the whole machine, no burst to catch up
        self.seconds = time.monotonic() - begun

    def stop(self):
        """The numbers that did not arrive, once the last one has."""
        self._running = False
        self._thread.join()
        with self._sender, self._receiver:
            self._receiver.settimeout(10)
            while self.sent - 1 not in self.arrived:
                data, ancillary, _, _ = self._receiver.recvmsg(64, 64)
                self.arrived[struct.unpack("!Q", data)[0]] = _seconds(ancillary)
        return sorted(set(range(self.sent)) - self.arrived.keys())

    def longest_silence(self):
        """(when it ended, seconds) of the longest time between two arrivals."""
        times = sorted(self.arrived.values())
        return max(((after, after - before) for before, after in zip(times, times[1:])), key=lambda silence: silence[1])


def _seconds(ancillary):
    seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
    return seconds + nanoseconds / 1e9
