"""The server at CWPSA_URL, or a server with a mock ConnectWise server that is started for the example.

To use your own account, start `cwpsa serve` yourself, and set CWPSA_URL and CWPSA_ACCOUNT.
"""

import atexit
import json
import os
import re
import subprocess


def program() -> str:
    """Returns the path of the `cwpsa` program."""
    return os.environ.get("CWPSA_BIN", "cwpsa")


def account() -> str:
    """Returns the account whose tools are used. The mock server has a single account."""
    return (os.environ.get("CWPSA_URL") and os.environ.get("CWPSA_ACCOUNT")) or "acme"


def server() -> str:
    """Returns the server URL. A server started here stops when this process exits."""
    if url := os.environ.get("CWPSA_URL"):
        return url
    command = [program(), "serve", "--sandbox", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    line = process.stderr.readline()
    address = re.search(r"http://[^/\s]+", line)
    if not address:
        raise SystemExit(f"error: {program()} didn't print its address: {line}")
    return address[0]


def declared(names: tuple[str, ...], dialect: str | None) -> list[dict]:
    """Returns the output of `cwpsa tools --name … --dialect …`.

    Without names, it contains all tools. Without a dialect, it contains the full records.
    """
    command = [program(), "tools", "--json"]
    if dialect:
        command += ["--dialect", dialect]
    for name in names:
        command += ["--name", name]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
