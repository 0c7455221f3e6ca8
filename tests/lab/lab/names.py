"""A piece of the Internet for hosts that may only reach names: servers, and a resolver that knows them."""

import errno
import socket
import struct

from lab.wait import wait_until

A, AAAA = 1, 28

RESOLVER = "198.51.100.7"
ZONE = "names.lab"

WEB = """
import http.server, socketserver, ssl, sys, threading

class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\\n")
    def log_message(self, *arguments):
        pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024

for port in map(int, sys.argv[1:]):
    threading.Thread(target=Server(("0.0.0.0", port), Page).serve_forever).start()
print("ready", flush=True)
"""


def question(name, kind=A, number=0x1234):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


class Client:
    """A host that asks and connects, without a process for each: quick enough for hundreds of cases."""

    def __init__(self, machine, address=None, resolver=RESOLVER):
        self._machine, self._address, self._resolver = machine, address, resolver
        self._family = socket.AF_INET6 if address and ":" in address else socket.AF_INET

    def _socket(self, kind, patience):
        made = self._machine.socket(self._family, kind)
        made.settimeout(patience)
        if self._address:
            made.bind((self._address, 0))
        return made

    def ask(self, name, kind=A, resolver=None, patience=5, port=53):
        """By UDP: the answer's rcode, or None where nothing comes back, or "refused"."""
        with self._socket(socket.SOCK_DGRAM, patience) as made:
            try:
                made.connect((resolver or self._resolver, port))
                made.send(question(name, kind))
                return made.recv(4096)[3] & 15
            except OSError as error:
                return None if isinstance(error, TimeoutError) else "refused"

    def connect(self, address, port, say=b"", patience=5):
        """"reached" (with `say`: answered), "refused" (told so, by a reset or by ICMP) or "silence"."""
        with self._socket(socket.SOCK_STREAM, patience) as made:
            try:
                made.connect((address, port))
                if not say:
                    return "reached"
                made.sendall(say)
                return "reached" if made.recv(16) else "refused"
            except TimeoutError:
                return "silence"
            except OSError as error:
                told = (errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPIPE)
                return "refused" if error.errno in told else f"{error}"


class Session:
    """A connection that is kept, and asks now and then."""

    def __init__(self, machine, address, port, name="any"):
        self._name = name
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.settimeout(20)
        self._socket.connect((address, port))

    def answers(self):
        """Asks once more; False where the session is over."""
        try:
            self._socket.sendall(f"GET / HTTP/1.1\r\nHost: {self._name}\r\n\r\n".encode())
            received = b""
            while not received.endswith(b"ok\n"):
                part = self._socket.recv(4096)
                if not part:
                    return False
                received += part
            return True
        except OSError:
            return False

    def stop(self):
        self._socket.close()


class Internet:
    """Web servers on every address of the machine, and dnsmasq, which maps names to them."""

    def __init__(self, machine, addresses, ports=(80, 443, 8080)):
        self.machine = machine
        self.names = {}
        machine.ip("".join(f"address add {address}/24 dev wan0\n" for address in addresses))
        machine.write("/etc/linkspan/web.py", WEB, quiet=True)
        self._web = machine.spawn(["python3", "/etc/linkspan/web.py", *map(str, ports)], log=machine.evidence.log("web.log"))
        self._dns = None
        wait_until(lambda: all(f"0.0.0.0:{port} " in machine.run("ss -lnt") for port in ports), "the web servers listen")

    def serve(self, names, ttl=60, more=()):
        """`names`: name -> addresses; asked anew, for dnsmasq reads its command line once."""
        self.stop_resolver()
        self.names = names
        hosts = [f"--host-record={name},{address}" for name, addresses in names.items() for address in addresses]
        self._dns = self.machine.spawn(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", f"--local-ttl={ttl}",
             f"--listen-address={RESOLVER}", "--bind-interfaces", "--pid-file=", "--log-facility=-", *hosts, *more],
            log=self.machine.evidence.log("dnsmasq.log"))
        wait_until(lambda: f"{RESOLVER}:53 " in self.machine.run("ss -lntu"), "the resolver listens")

    def stop_resolver(self):
        if self._dns:
            self._dns.terminate()
            self._dns.wait()
            self._dns = None

    def stop(self):
        self.stop_resolver()
        self._web.kill()
        self._web.wait()
