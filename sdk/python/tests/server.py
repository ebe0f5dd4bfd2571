"""Starts `cwpsa`, the program that CWPSA_BIN names, and ends it with the tests."""

import atexit
import os
import re
import subprocess


def start(*arguments: str, **environment: str) -> str:
    """Starts it, waits until it says where it listens, and gives that address."""
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
    """Starts a server whose API refuses the first list of tickets, because its rate limit is exhausted for a second."""
    return start("serve", "--sandbox", "--sandbox-fault", "too_many_requests=1 x1 /service/tickets")


def named(tools) -> dict:
    """Tools by their short names."""
    return {tool.name.replace("connect_wise_psa_", ""): tool for tool in tools}
