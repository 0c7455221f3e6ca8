#!/usr/bin/python3
"""A name server that answers as the first label of the name says: rightly, too much, in pieces, or as a liar would.

  odd_dns.py ADDRESS...

WORD.NUMBER.odd.lab has the address 198.51.100.NUMBER, or 2001:db8:b::NUMBER (in decimal digits); the word says what else is in
the answer, or wrong with it. The next number is the address of what must not be learnt: the loot.
"""

import selectors
import socket
import struct
import sys

A, CNAME, AAAA, HTTPS = 1, 5, 28, 65
FLAGS, TRUNCATED, NO_SUCH_NAME = 0x8580, 0x0200, 3
LIAR = {socket.AF_INET: "198.51.100.61", socket.AF_INET6: "2001:db8:b::61"}  # is nobody's resolver


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def octets(number, kind):
    return socket.inet_pton(socket.AF_INET6, f"2001:db8:b::{number}") if kind == AAAA else socket.inet_aton(f"198.51.100.{number}")


def record(owner, kind, data, ttl=60):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def hints(number):
    """An HTTPS record for the name itself, which says its addresses."""
    return (struct.pack("!H", 1) + b"\0" + struct.pack("!HH", 4, 4) + octets(number, A) +
            struct.pack("!HH", 6, 16) + octets(number, AAAA))


class Answer:
    """What goes back: messages, each with where it comes from ("here", "port", "address")."""

    def __init__(self, query, by_tcp):
        self.number = struct.unpack("!H", query[:2])[0]
        end = query.index(b"\0", 12) + 5
        self.question = query[12:end]
        self.owner, self.kind = self.question[:-4], struct.unpack("!H", self.question[-4:-2])[0]
        labels = self.owner.decode().lower()
        self.word, *rest = [part for part in "".join(c if c.isprintable() else "." for c in labels).strip(".").split(".") if part]
        self.host = int(next((part for part in rest if part.isdigit()), 1))
        self.by_tcp = by_tcp
        self.right = [record(self.owner, HTTPS, hints(self.host)) if self.kind == HTTPS else
                      record(self.owner, self.kind, octets(self.host, self.kind))]
        self.loot = octets(self.host + 1, self.kind)

    def message(self, answers, behind=(), flags=FLAGS, number=None, question=None):
        head = struct.pack("!6H", self.number if number is None else number, flags, 1, len(answers), 0, len(behind))
        return head + (question or self.question) + b"".join(answers) + b"".join(behind)

    def all(self):
        word, _, value = self.word.partition("-of-")
        return getattr(self, word.replace("-", "_"), self.plain)(*([int(value)] if value else []))

    def plain(self):
        return [(self.message(self.right), "here")]

    def ttl(self, seconds):
        return [(self.message([record(self.owner, self.kind, octets(self.host, self.kind), seconds)]), "here")]

    def at(self, number):
        """11.7.0.0 and so many more: as many addresses as there are names."""
        return [(self.message([record(self.owner, A, struct.pack("!I", 0x0b070000 + number), 3600)]), "here")]

    def several(self, count):
        """So many addresses, from 11.8.0.0 on."""
        return [(self.message([record(self.owner, A, struct.pack("!I", 0x0b080000 + number)) for number in range(count)]), "here")]

    def wrong_id(self):
        return [(self.message(self.right, number=self.number ^ 1), "here")]

    def wrong_port(self):
        return [(self.message(self.right), "port")]

    def wrong_address(self):
        return [(self.message(self.right), "address")]

    def unasked(self):
        """Another name's address first, with the right id, and then what was asked for."""
        other = wire(f"plain.{self.host + 1}.odd.lab")
        return [(self.message([record(other, self.kind, self.loot)], question=other + self.question[-4:]), "here"),
                (self.message(self.right), "here")]

    def other_owner(self):
        return [(self.message(self.right + [record(wire("else.odd.lab"), self.kind, self.loot)]), "here")]

    def additional(self):
        return [(self.message(self.right, behind=[record(self.owner, self.kind, self.loot)]), "here")]

    def error(self):
        return [(self.message(self.right, flags=FLAGS | NO_SUCH_NAME), "here")]

    def no_answer_bit(self):
        return [(self.message(self.right, flags=FLAGS & 0x7fff), "here")]

    def short(self):
        """Cut within its last record."""
        return [(self.message(self.right)[:-1], "here")]

    def truncated(self):
        return [(self.message(self.right), "here")] if self.by_tcp else [(self.message([], flags=FLAGS | TRUNCATED), "here")]

    def fragments(self):
        """More than one packet holds; what is asked for stands last."""
        others = [record(self.owner, self.kind, socket.inet_aton(f"192.0.2.{i}")) for i in range(120)]
        return [(self.message(others + self.right), "here")]

    def other_case(self):
        return [(self.message(self.right, question=self.owner.swapcase() + self.question[-4:]), "here")]

    def mapped(self):
        """An IPv4 address of the inside in the dress of IPv6."""
        return [(self.message([record(self.owner, AAAA, socket.inet_pton(socket.AF_INET6, "::ffff:10.66.0.5"))]), "here")]

    def inside_too(self):
        return [(self.message([record(self.owner, A, socket.inet_aton("10.66.0.5"))] + self.right), "here")]

    def chain(self, length):
        """So many aliases in a row."""
        names = [self.owner] + [wire(f"alias{i}.odd.lab") for i in range(length)]
        aliases = [record(a, CNAME, b) for a, b in zip(names, names[1:])]
        return [(self.message(aliases + [record(names[-1], self.kind, octets(self.host, self.kind))]), "here")]

    def loop(self):
        other = wire("round.odd.lab")
        return [(self.message([record(self.owner, CNAME, other), record(other, CNAME, self.owner)]), "here")]


class Server:
    def __init__(self, addresses):
        self.selector = selectors.DefaultSelector()
        self.from_elsewhere = {}
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            datagrams = socket.socket(family, socket.SOCK_DGRAM)
            datagrams.bind((address, 53))
            self.selector.register(datagrams, selectors.EVENT_READ, self.on_datagram)
            streams = socket.create_server((address, 53), family=family)
            self.selector.register(streams, selectors.EVENT_READ, self.on_stream)
            self.from_elsewhere[datagrams] = {"port": self.bound(family, address, 5353), "address": self.bound(family, LIAR[family], 53)}

    @staticmethod
    def bound(family, address, port):
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        return made

    def on_datagram(self, datagrams):
        query, sender = datagrams.recvfrom(2048)
        for message, whence in Answer(query, False).all():
            self.from_elsewhere[datagrams].get(whence, datagrams).sendto(message, sender)

    def on_stream(self, streams):
        stream, _ = streams.accept()
        with stream:
            stream.settimeout(10)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            query = stream.recv(2048)
            while len(query) < 2 or len(query) < 2 + struct.unpack("!H", query[:2])[0]:
                query += stream.recv(2048)
            answer = Answer(query[2:], True)
            for message, _ in answer.all():
                whole = struct.pack("!H", len(message)) + message
                step = 7 if answer.word == "pieces" else len(whole)
                for at in range(0, len(whole), step):
                    stream.sendall(whole[at:at + step])
            stream.recv(1)  # until the client has all of it

    def run(self):
        while True:
            for key, _ in self.selector.select():
                try:
                    key.data(key.fileobj)
                except OSError as error:
                    print(error, flush=True)


Server(sys.argv[1:]).run()
