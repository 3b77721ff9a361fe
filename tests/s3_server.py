"""An S3 server on this machine, started once and only where a test asks for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

BUCKET = "studies"
KEYS: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "someone",
    "AWS_SECRET_ACCESS_KEY": "something",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What a machine that may use it has in its environment."""


@dataclass(frozen=True)
class S3Server:
    """A server and its one bucket.

    Attributes:
        endpoint: HOST:PORT.
    """

    endpoint: str

    @property
    def query(self) -> str:
        """What stands behind the question mark of its addresses."""
        return f"endpoint_override={self.endpoint}&scheme=http"

    def address(self, path: str = "", bucket: str = BUCKET) -> str:
        """The address of a folder in a bucket of it."""
        return f"s3://{bucket}/{path}?{self.query}"


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Serve an empty bucket while the context lasts."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer
    from pyarrow import fs

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        found = S3Server(f"{host}:{port}")
        fs.S3FileSystem(
            access_key=KEYS["AWS_ACCESS_KEY_ID"],
            secret_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=found.endpoint,
            scheme="http",
            allow_bucket_creation=True,
        ).create_dir(BUCKET)
        yield found
    finally:
        server.stop()
