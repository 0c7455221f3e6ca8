"""A TCP transfer between two machines, with checksum, and the MSS each side may send."""

import dataclasses
import hashlib
import ipaddress
import socket
import threading


@dataclasses.dataclass
class Transfer:
    sent: str        # sha256
    received: str    # sha256
    client_mss: int  # bytes a segment of the client may hold, as the server's SYN said
    server_mss: int


def transfer(client, server, address, data, port=5000, timeout=60, own=None):
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
