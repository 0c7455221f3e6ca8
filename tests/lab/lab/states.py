"""The SAs of a machine's kernel. A program run to list or count them would cost an emulated machine more than the answer."""

import ipaddress
import socket
import struct

from lab.wait import expect_equal

NETLINK_XFRM, REQUEST, DUMP = 6, 1, 0x300
ERROR, DONE = 2, 3
NEWSA, GETSA, NEWAE, GETSADINFO, SAD_CNT = 0x10, 0x12, 0x1e, 0x23, 1
REPLACE, ACKNOWLEDGE = 0x100, 4
LIFETIME, REPLAY, MARK, REPLAY_ESN = 9, 10, 21, 23  # XFRMA_LTIME_VAL, XFRMA_REPLAY_VAL, XFRMA_MARK, XFRMA_REPLAY_ESN_VAL
NUMBER_AT = {REPLAY: 0, REPLAY_ESN: 4}  # oseq
HEADER = struct.Struct("=IHHII")
# In struct xfrm_usersa_info: id, id.spi, id.proto, saddr, curlft, reqid, family; and its size.
ID_AT, SPI_AT, PROTOCOL_AT, SOURCE_AT, CURRENT_AT, REQID_AT, FAMILY_AT, INFO = 56, 72, 76, 80, 160, 208, 212, 224
ESP = 50


class States:
    def __init__(self, machine):
        self.socket = machine.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_XFRM)

    def _ask(self, kind, flags, body):
        self.socket.send(HEADER.pack(HEADER.size + len(body), kind, REQUEST | flags, 0, 0) + body)

    def count(self):
        self._ask(GETSADINFO, 0, bytes(4))
        length, kind, count = struct.unpack_from("=HHI", self.socket.recv(4096), HEADER.size + 4)
        expect_equal((length, kind), (8, SAD_CNT), "the attribute of the kernel's answer")
        return count

    def read(self):
        """(SPI, reqid) of each ESP SA."""
        return [(f"0x{int.from_bytes(sa[SPI_AT:SPI_AT + 4], 'big'):08x}", struct.unpack_from("=I", sa, REQID_AT)[0]) for sa in self._esp()]

    def wear(self, source, sent, packets=None):
        """Of every ESP SA from that address, `sent` is the last number used, by `packets` packets; None leaves the kernel's count."""
        source = ipaddress.ip_address(source).packed
        for sa in [sa for sa in self._esp() if sa[SOURCE_AT:SOURCE_AT + len(source)] == source]:
            attributes = {kind: value for kind, value in _attributes(sa[INFO:]).items() if kind in (REPLAY, MARK, REPLAY_ESN)}
            for kind in attributes.keys() & NUMBER_AT:
                struct.pack_into("=I", attributes[kind], NUMBER_AT[kind], sent)
            if packets is not None:
                attributes[LIFETIME] = sa[CURRENT_AT:CURRENT_AT + 8] + struct.pack("=Q", packets) + sa[CURRENT_AT + 16:CURRENT_AT + 32]
            which = sa[ID_AT:SPI_AT + 4] + sa[FAMILY_AT:FAMILY_AT + 2] + bytes([ESP, 0]) + sa[SOURCE_AT:SOURCE_AT + 16] + bytes(8)
            self._ask(NEWAE, REPLACE | ACKNOWLEDGE, which + b"".join(map(_attribute, attributes.items())))
            kind, error = struct.unpack_from("=4xH10xi", self.socket.recv(4096))
            expect_equal((kind, error), (ERROR, 0), "the kernel's answer to other counters of an SA")

    def _esp(self):
        """Each ESP SA as the kernel tells it, a struct xfrm_usersa_info and attributes."""
        self._ask(GETSA, DUMP, b"")
        found = []
        while True:
            data, at = self.socket.recv(1 << 16), 0
            while at < len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind in (DONE, ERROR):
                    return found
                sa = data[at + HEADER.size:at + size]
                if kind == NEWSA and sa[PROTOCOL_AT] == ESP:
                    found.append(sa)
                at += (size + 3) & ~3

    def close(self):
        self.socket.close()


def _attributes(data):
    found, at = {}, 0
    while at < len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        found[kind] = bytearray(data[at + 4:at + size])
        at += (size + 3) & ~3
    return found


def _attribute(item):
    kind, value = item
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)
