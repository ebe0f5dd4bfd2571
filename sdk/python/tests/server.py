"""Runs `cwpsa` (the program that CWPSA_BIN points to) while the tests run."""

import atexit
import os
import re
import subprocess


def start(*arguments: str, **environment: str) -> str:
    """Starts the server, waits until it prints its address, and returns the address."""
    program = os.environ.get("CWPSA_BIN", "cwpsa")
    process = subprocess.Popen(
        [program, *arguments, "--listen", "127.0.0.1:0"],
        env={"PATH": os.environ["PATH"], **environment}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )
    atexit.register(process.kill)
    line = process.stderr.readline()
    address = re.search(r"http://[^/\s]+", line)
    if not address:
        raise RuntimeError(f"{program} did not say where it listens: {line}")
    return address[0]


def limited() -> str:
    """Starts a server whose API rejects the first request for a list of tickets with a 429 that asks to wait one second."""
    return start("serve", "--sandbox", "--sandbox-fault", "too_many_requests=1 x1 /service/tickets")


def named(tools) -> dict:
    """Returns the tools by their short names."""
    return {tool.name.replace("connect_wise_psa_", ""): tool for tool in tools}
