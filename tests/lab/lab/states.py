"""The SAs of a machine's kernel. A program run to list or count them would cost an emulated machine more than the answer."""

import socket
import struct

from lab.wait import expect_equal

NETLINK_XFRM, REQUEST, DUMP = 6, 1, 0x300
ERROR, DONE = 2, 3
NEWSA, GETSA, GETSADINFO, SAD_CNT = 0x10, 0x12, 0x23, 1
HEADER = struct.Struct("=IHHII")
SPI_AT, PROTOCOL_AT, REQID_AT = 72, 76, 208  # in struct xfrm_usersa_info: id.spi, id.proto, reqid
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
        self._ask(GETSA, DUMP, b"")
        found = []
        while True:
            data, at = self.socket.recv(1 << 16), 0
            while at < len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind in (DONE, ERROR):
                    return found
                info = at + HEADER.size
                if kind == NEWSA and data[info + PROTOCOL_AT] == ESP:
                    found.append((f"0x{int.from_bytes(data[info + SPI_AT:info + SPI_AT + 4], 'big'):08x}",
                                  struct.unpack_from("=I", data, info + REQID_AT)[0]))
                at += (size + 3) & ~3

    def close(self):
        self.socket.close()
