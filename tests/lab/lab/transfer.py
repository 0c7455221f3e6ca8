"""A TCP transfer between two machines, with checksum, and the MSS each side may send."""

import dataclasses
import hashlib
import ipaddress
import os
import socket
import threading
import time

from lab.wait import expect_equal, wait_until


@dataclasses.dataclass
class Transfer:
    sent: str        # sha256
    received: str    # sha256
    client_mss: int  # bytes a segment of the client may hold, as the server's SYN said
    server_mss: int


def transfer(client, server, address, data, port=5000, timeout=300, own=None):
    """Sends `data` from machine `client` to machine `server` at `address`; `own`: what the server itself calls that."""
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    with server.socket(family, socket.SOCK_STREAM) as listener, client.socket(family, socket.SOCK_STREAM) as sender:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((own or address, port))
        listener.listen(1)
        for s in (listener, sender):
            s.settimeout(timeout)
        result = {}
        receiver = threading.Thread(target=_receive, args=(listener, result))
        receiver.start()
        sender.connect((address, port))
        mss = _mss(sender)
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
        receiver.join(timeout)
        return Transfer(hashlib.sha256(data).hexdigest(), result.get("sum", "nothing arrived"), mss, result.get("mss", 0))


class Stream:
    """One TCP connection that carries 10 kB every 50 ms until `stop_whole`: longer than any fault it is to outlive."""

    def __init__(self, client, server, address, own, port=5001):
        family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        self._sent, self._result, self._running = hashlib.sha256(), {}, True
        with server.socket(family, socket.SOCK_STREAM) as listener:
            listener.bind((own, port))
            listener.listen(1)
            listener.settimeout(300)
            self._sender = client.socket(family, socket.SOCK_STREAM)
            self._sender.settimeout(300)
            self._receiver = threading.Thread(target=_receive, args=(listener, self._result), daemon=True)
            self._receiver.start()
            self._sender.connect((address, port))
            wait_until(lambda: "mss" in self._result, "the connection is accepted")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while self._running:
            chunk = os.urandom(10_000)
            self._sent.update(chunk)
            self._sender.sendall(chunk)
            time.sleep(0.05)

    def stop_whole(self):
        """Ends it; what arrived has to be what was sent, by the one connection."""
        self._running = False
        self._thread.join(300)
        with self._sender as sender:
            sender.shutdown(socket.SHUT_WR)
            self._receiver.join(300)
        expect_equal(self._result.get("sum", "nothing"), self._sent.hexdigest(), "what came by the TCP connection")


def _receive(listener, result):
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(listener.gettimeout())
        result["mss"] = _mss(connection)
        digest = hashlib.sha256()
        while chunk := connection.recv(65536):
            digest.update(chunk)
        result["sum"] = digest.hexdigest()


def _mss(connection):
    """Without the 12 bytes of the timestamp option, which TCP_MAXSEG counts as header on a connected socket."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
