"""The local AWS: moto's server with what our stacks and `probe` need, and a door in front of it.

    python probe/lab/lab.py [--port 0] [--door-port 0] [--no-door]

prints one line of JSON when both answer, {"aws": "http://127.0.0.1:PORT", "door": "http://..."},
and ends, with the door, when its standard input closes or on SIGTERM.
`aws` is the API, with the verbs of door.py at /lab/. `door` is microburst in front of it, which
denies, throttles, delays and hangs calls: see proxy.py.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

# Nobody starts machines here, and moto's list of machine images makes every reset slow.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

import cfn
import cfn_deletes
import cfn_refusals
import cfn_updates
import cloud
import cloudwatch
import door
import ecs_api
import elb
import faults_alb  # noqa: F401  these register their faults
import faults_deployment  # noqa: F401
import faults_ecs  # noqa: F401
import faults_iam  # noqa: F401
import faults_image  # noqa: F401
import faults_logs  # noqa: F401
import faults_network  # noqa: F401
import faults_rds  # noqa: F401
import faults_routes  # noqa: F401
import faults_secrets  # noqa: F401
import faults_storage  # noqa: F401
import faults_template  # noqa: F401
import iam
import images
import insights
import keys_and_secrets
import logs
import metrics
import nat
import rds
import reality_run
import registration
import resource_types
import scaling
import scheduler
import types_alerts  # noqa: F401  these five register what they make
import types_data  # noqa: F401
import types_network  # noqa: F401
import types_options  # noqa: F401
import types_platform  # noqa: F401
import vpc
from proxy import Proxy

HOST = "127.0.0.1"


class Handler(MotoRequestHandler):
    """moto's handler without a line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        if type == "error":
            super().log(type, message, *args)


def application() -> Callable:
    """The WSGI application: verbs, the CBOR bridge, and moto for the rest."""
    cfn.install()
    cfn_updates.install()
    cfn_refusals.install()
    cfn_deletes.install()
    resource_types.install()
    ecs_api.install(scheduler.settle, scheduler.now)
    elb.install(reality_run.target_health)
    iam.install()
    images.install()
    insights.install()
    keys_and_secrets.install()
    logs.install()
    nat.install()
    registration.install()
    rds.install()
    scaling.install()
    metrics.install()
    moto = DomainDispatcherApplication(create_backend_app)

    def dispatch(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/lab/"):
            return door.answer(environ, start_response)
        if cloudwatch.is_cbor(environ):
            return cloudwatch.bridge(environ, start_response, moto)
        return moto(environ, start_response)

    vpc.install()
    cloud.install(dispatch)
    return dispatch


def serve(port: int) -> BaseWSGIServer:
    """Listen on a port, or a free one for 0; connections wait until serving starts."""
    listener = socket.create_server((HOST, port), backlog=128)
    port = listener.getsockname()[1]
    os.environ["LAB_URL"] = f"http://{HOST}:{port}"
    os.environ["MOTO_PORT"] = str(port)
    # The server makes a socket of its own of the descriptor.
    return make_server(
        HOST, port, application(), threaded=True, request_handler=Handler, fd=listener.detach()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="port of the API (0: a free one)")
    parser.add_argument("--door-port", type=int, default=0, help="port of the door (0: a free one)")
    parser.add_argument("--no-door", action="store_true", help="leave microburst out")
    arguments = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    server = serve(arguments.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = None
    try:
        ready = {"aws": os.environ["LAB_URL"]}
        if not arguments.no_door:
            proxy = Proxy(os.environ["LAB_URL"], arguments.door_port)
            proxy.wait_until_ready()
            ready["door"] = proxy.url
        print(json.dumps(ready), flush=True)
        threading.Thread(target=_watch_stdin, args=(over,), daemon=True).start()
        over.wait()
    finally:
        if proxy:
            proxy.stop()
    os._exit(0)  # threads that still wait for a client must not keep the process


def _watch_stdin(over: threading.Event) -> None:
    """Whoever started the lab holds the other end of its standard input; when that dies, we end."""
    while os.read(0, 4096):
        pass
    over.set()


if __name__ == "__main__":
    main()
