#!/usr/bin/python3
"""Behaves like the APIs that the takeover drivers and arbiters speak to: EC2, DynamoDB and the instance metadata of AWS; Resource
Manager, Blob storage and the instance metadata of Azure; etcd's JSON gateway. Listens on a free port of 127.0.0.1 and prints it;
given an address, a port and a file with key and certificate, there, by TLS.

A test steers it: POST /_faults adds faults (see faults.py), POST /_world changes the world, POST /_gather N answers none of the
next N requests before all of them have come, GET /_log tells what was asked, and
over which connections."""

import json
import socket
import socketserver
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import arm
import dynamodb
import ec2
import etcd
import metadata
from faults import Faults


class World:
    def __init__(self):
        self.lock = threading.Lock()
        self.faults = Faults()
        self.log = []
        self.barrier = None  # nobody is answered until so many have come
        self.connections = 0
        self.parts = [metadata.Metadata(), ec2.Ec2(), dynamodb.DynamoDb(), arm.ResourceManager(), arm.Blobs(), etcd.Etcd()]

    def control(self, path, body):
        if path == "/_log":
            return {"connections": self.connections, "requests": self.log}
        if path == "/_faults":
            self.faults.add(json.loads(body))
        if path == "/_world":
            for name, values in json.loads(body).items():
                part = next(part for part in self.parts if type(part).__name__ == name)
                vars(part).update(values)
        if path == "/_gather":
            self.barrier = threading.Barrier(int(body))
        if path == "/_state":
            return {type(part).__name__: vars(part) for part in self.parts}
        return {}

    def note(self, request):
        """As it comes, before anybody waits."""
        part = next(part for part in self.parts if part.knows(request))
        self.log.append({"connection": request["connection"], "name": part.name_of(request)})

    def answer(self, request):
        """(status, headers, body) or None: the connection ends without an answer."""
        part = next(part for part in self.parts if part.knows(request))
        fault = self.faults.for_request(part.name_of(request))
        if fault and fault["before"]:
            return fault["answer"]
        answer = part.answer(request, stale=bool(fault and fault["stale"]))
        return fault["answer"] if fault and not fault["stale"] else answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.number = None

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        world = self.server.world
        if self.path.startswith("/_"):
            with world.lock:
                answer = 200, {}, json.dumps(world.control(self.path, body), default=str)
        else:
            answer = self.answer_of(world, body)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, text = answer
        payload = text.encode()
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def answer_of(self, world, body):
        with world.lock:
            if self.number is None:
                world.connections += 1
                self.number = world.connections
            headers = {key.lower(): value for key, value in self.headers.items()}
            request = {"connection": self.number, "method": self.command, "path": self.path, "headers": headers, "body": body}
            world.note(request)
            barrier = world.barrier
        if barrier:
            barrier.wait(60)
            world.barrier = None
        with world.lock:
            return world.answer(request)

    do_GET = do_PUT = do_POST = serve

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        """Without HTTPServer's question to the DNS after a name of its own."""
        socketserver.TCPServer.server_bind(self)


def main():
    address, port, pem = sys.argv[1:] or ("127.0.0.1", "0", None)
    server = Server((address, int(port)), Handler)
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.world = World()
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
