#!/usr/bin/python3
"""Asks for fresh names, and connects at once to what each answer says; tells as JSON what came of it.

  first_packets.py CLIENT RESOLVER PORT COUNT AT_ONCE
"""

import collections
import json
import selectors
import socket
import struct
import sys


def question(number):
    name = f"at-of-{number}.0.odd.lab"
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number & 0xffff, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


class Asker:
    def __init__(self, client, resolver, port):
        self.client, self.resolver, self.port = client, resolver, port
        self.selector = selectors.DefaultSelector()
        self.outcomes = collections.Counter()

    def socket(self, kind):
        made = socket.socket(socket.AF_INET, kind)
        made.bind((self.client, 0))
        made.setblocking(False)
        return made

    def ask(self, number):
        made = self.socket(socket.SOCK_DGRAM)
        made.connect((self.resolver, 53))
        made.send(question(number))
        self.selector.register(made, selectors.EVENT_READ, self.connect)

    def connect(self, asked):
        self.selector.unregister(asked)
        with asked:
            try:
                address = socket.inet_ntoa(asked.recv(512)[-4:])
            except OSError as error:
                self.outcomes[f"no answer: {error}"] += 1
                return
        made = self.socket(socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends by a reset: nothing waits
        made.connect_ex((address, self.port))
        self.selector.register(made, selectors.EVENT_WRITE, self.connected)

    def connected(self, made):
        self.selector.unregister(made)
        with made:
            error = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self.outcomes["connected" if error == 0 else "refused"] += 1

    def run(self, count, at_once):
        asked = 0
        while self.outcomes.total() < count:
            while asked < count and asked - self.outcomes.total() < at_once:
                self.ask(asked)
                asked += 1
            ready = self.selector.select(30)
            if not ready:
                self.outcomes["silence"] += asked - self.outcomes.total()
                return
            for key, _ in ready:
                key.data(key.fileobj)


asker = Asker(sys.argv[1], sys.argv[2], int(sys.argv[3]))
asker.run(int(sys.argv[4]), int(sys.argv[5]))
print(json.dumps(asker.outcomes))
