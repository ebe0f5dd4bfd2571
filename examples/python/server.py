"""The server: the one that CWPSA_URL names, or one with a mock ConnectWise server, started for the example. For an
account of your own, start `cwpsa serve` yourself, and name it with CWPSA_URL and the account with CWPSA_ACCOUNT."""

import atexit
import json
import os
import re
import subprocess


def program() -> str:
    """The path of the program `cwpsa`."""
    return os.environ.get("CWPSA_BIN", "cwpsa")


def account() -> str:
    """The account whose tools are used. The mock server has one."""
    return (os.environ.get("CWPSA_URL") and os.environ.get("CWPSA_ACCOUNT")) or "acme"


def server() -> str:
    """Returns the URL of a server that ends with this process."""
    if url := os.environ.get("CWPSA_URL"):
        return url
    command = [program(), "serve", "--sandbox", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    line = process.stderr.readline()
    address = re.search(r"http://[^/\s]+", line)
    if not address:
        raise SystemExit(f"error: {program()} did not say where it listens: {line}")
    return address[0]


def declared(names: tuple[str, ...], dialect: str | None) -> list[dict]:
    """Returns the output of `cwpsa tools --name … --dialect …`. Without names, all tools; without a dialect, the full
    records."""
    command = [program(), "tools", "--json"]
    if dialect:
        command += ["--dialect", dialect]
    for name in names:
        command += ["--name", name]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
