"""What the platform listens on."""

from __future__ import annotations

import socket

from support.platform.__main__ import bound


def test_connections_send_what_they_have_at_once() -> None:
    with bound(0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
