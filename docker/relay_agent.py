"""relay_agent.py SOCKET: listens at a unix socket and hands what comes on to standard output, and back: an SSH agent of
another machine answers here, without a mount. Frames of both directions: connection (4 bytes, big-endian), length (4
bytes), content; a length of 0 closes the connection. The first frame, of connection 0, says that the socket is there."""

import os
import selectors
import socket
import struct
import sys

HEADER = struct.Struct(">II")
LARGEST = 65536


def send(connection, content):
    frame = HEADER.pack(connection, len(content)) + content
    while frame:
        frame = frame[os.write(1, frame) :]


def relay(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    os.umask(0o177)
    listener.bind(path)
    listener.listen()
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, "listener")
    selector.register(0, selectors.EVENT_READ, "input")
    clients, latest, received = {}, 0, b""
    send(0, b"")
    while True:
        for key, _ in selector.select():
            if key.data == "listener":
                latest += 1
                clients[latest], _ = listener.accept()
                selector.register(clients[latest], selectors.EVENT_READ, latest)
            elif key.data == "input":
                piece = os.read(0, LARGEST)
                if not piece:
                    return
                received = deliver(received + piece, clients, selector)
            else:
                piece = receive(key.fileobj)
                send(key.data, piece)
                if not piece:
                    close(key.data, clients, selector)


def receive(client):
    try:
        return client.recv(LARGEST)
    except OSError:
        return b""


def deliver(received, clients, selector):
    """Hands whole frames to their connections. Returns the rest."""
    while len(received) >= HEADER.size:
        connection, length = HEADER.unpack_from(received)
        end = HEADER.size + length
        if len(received) < end:
            break
        if length == 0:
            close(connection, clients, selector)
        elif connection in clients:
            clients[connection].sendall(received[HEADER.size : end])
        received = received[end:]
    return received


def close(connection, clients, selector):
    client = clients.pop(connection, None)
    if client is not None:
        selector.unregister(client)
        client.close()


if __name__ == "__main__":
    relay(sys.argv[1])
