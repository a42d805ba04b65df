"""The door: microburst in front of the API, for calls that are denied, throttled, slow or hang.

Rules are set at its own address; each POST replaces them all, and POST [] clears them:

    curl -X POST $DOOR/_microburst/rules -H 'content-type: application/json' -d '[
      {"service": "ecs", "operation": "DescribeServices",
       "error": {"code": "AccessDeniedException", "status": 400, "message": "User: ... is not
                 authorized to perform: ecs:DescribeServices on resource: ..."}},
      {"service": "elbv2", "operation": "DescribeTargetHealth", "times": 2,
       "error": {"code": "Throttling", "message": "Rate exceeded"}},
      {"service": "rds", "latency": 25000},
      {"service": "secretsmanager", "timeout_ms": 2000},
      {"service": "logs", "reset": true}]'
    curl $DOOR/_microburst/fired        # which rules met which calls

Services have botocore's names (`elbv2`, `cloudwatch`): a rule for the signing name
(`elasticloadbalancing`, `monitoring`) never meets a call, and nothing says so. `latency` is in
milliseconds and the call then goes through; `timeout_ms` holds the call and answers 504.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request


class Proxy:
    """A microburst of our own, on loopback."""

    def __init__(self, upstream: str, port: int):
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-c", _RUN, "--port", str(self.port), "--upstream", upstream]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"],
            stdin=subprocess.PIPE,  # the child ends when this end closes, however we die
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        )

    def wait_until_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"microburst ended with status {self.process.returncode}")
            try:
                urllib.request.urlopen(f"{self.url}/_microburst/health", timeout=1).close()
                return self._warm_up()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("microburst did not answer in time")

    def _warm_up(self) -> None:
        """Make one call: with the first one microburst reads the models of AWS, for seconds."""
        scope = "test/20260101/us-east-1/ecs/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        }
        request = urllib.request.Request(self.url, b"{}", headers)
        urllib.request.urlopen(request, timeout=120).close()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()


# microburst knows nothing of its parent: a thread watches the pipe for it.
_RUN = """
import os, sys, threading
def watch():
    while os.read(0, 4096):
        pass
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
from microburst.cli import main
sys.exit(main())
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
