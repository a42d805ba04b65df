"""The AWS CLI, started once: its imports take longer than a call of the local AWS.

`install` puts an `aws` into a directory that hands each command to a copy of one process in which
the CLI is loaded already, with the caller's arguments, environment, directory and terminal.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import traceback

SHIM = """#!{python} -IS
import json, os, socket, sys
call = socket.socket(socket.AF_UNIX)
call.connect({address!r})
socket.send_fds(call, [b"."], [0, 1, 2])
call.sendall(json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode())
call.shutdown(socket.SHUT_WR)
sys.exit((call.recv(1) or b"\\xff")[0])
"""


@contextlib.contextmanager
def install(directory: pathlib.Path):
    """The warm `aws` in this directory, as long as the context lasts."""
    address = str(directory / "aws.socket")
    (directory / "aws").write_text(SHIM.format(python=sys.executable, address=address))
    (directory / "aws").chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        command = [sys.executable, __file__, str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
    try:
        yield
    finally:
        server.kill()
        server.wait()


def _serve(listener):
    from awscli.clidriver import create_clidriver

    create_clidriver().session.get_available_services()  # loads what every command needs
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        call, _ = listener.accept()
        with call, contextlib.suppress(OSError):  # a caller that was killed is no reason to stop
            _, terminal, *_ = socket.recv_fds(call, 1, 3)
            if not os.fork():
                _answer(call, terminal, create_clidriver)
            for descriptor in terminal:
                os.close(descriptor)


def _answer(call, terminal, create_clidriver):
    status = 255
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with call.makefile("rb") as whole:
            arguments, environment, directory = json.load(whole)
        for number, descriptor in enumerate(terminal):
            os.dup2(descriptor, number)
        own = os.environ["AWS_DATA_PATH"]  # the CLI said there, when it was loaded, where its files are
        os.environ.clear()
        os.environ.update(environment, AWS_DATA_PATH=own)
        os.chdir(directory)
        status = create_clidriver().main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            call.send(bytes([status & 0xFF]))
        os._exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as inherited:
        _serve(inherited)
