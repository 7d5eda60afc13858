"""HTTP into a customer's network: to its load balancers and model servers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from support.platform.cloud import HasAccount, account_of
from support.platform.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpx

TIMEOUT_SECONDS = 10.0


class Network:
    """Gives HTTP clients that go through the forward proxy, which tells the customers' networks apart by the account number."""

    def __init__(self, settings: Settings) -> None:
        self._proxy = settings.network_proxy
        self._lock = threading.Lock()
        self._clients: dict[str, httpx.Client] = {}
        self._tls: ssl.SSLContext | None = None

    def client(self, customer: HasAccount) -> httpx.Client:
        """The customer's client: shared, thread-safe, kept open. Ten seconds is the longest wait for a server."""
        import httpx

        with self._lock:
            found = self._clients.get(customer.id)
            if found is None:
                if self._tls is None:
                    self._tls = httpx.create_ssl_context()
                account = account_of(customer.iam_role_arn) if customer.iam_role_arn else customer.id
                proxy = httpx.Proxy(self._proxy, auth=(account, customer.external_id)) if self._proxy else None
                found = httpx.Client(proxy=proxy, verify=self._tls, timeout=TIMEOUT_SECONDS, trust_env=False)
                self._clients[customer.id] = found
            return found

    def forget(self, customer: HasAccount) -> None:
        """Closes the customer's connections, for instance because its account has changed."""
        with self._lock:
            found = self._clients.pop(customer.id, None)
        if found is not None:
            found.close()

    def close(self) -> None:
        """Closes all connections."""
        with self._lock:
            clients = list(self._clients.values())
            self._clients.clear()
        for client in clients:
            client.close()
