"""Where the tools are: the server that CWPSA_URL names, or one with a sandbox that is started for the example. For an
account of your own, start `cwpsa serve` yourself, and name it with CWPSA_URL and the account with CWPSA_ACCOUNT."""

import atexit
import json
import os
import re
import subprocess


def program() -> str:
    """The program `cwpsa`."""
    return os.environ.get("CWPSA_BIN", "cwpsa")


def account() -> str:
    """The account whose tools are used; a sandbox has one."""
    return (os.environ.get("CWPSA_URL") and os.environ.get("CWPSA_ACCOUNT")) or "acme"


def server() -> str:
    """The address of a server, which ends with this process."""
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
    """Tools as a provider declares them, all where no names are given: `cwpsa tools --name … --dialect …`. Without a
    dialect, all that is known of them."""
    command = [program(), "tools", "--json"]
    if dialect:
        command += ["--dialect", dialect]
    for name in names:
        command += ["--name", name]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
