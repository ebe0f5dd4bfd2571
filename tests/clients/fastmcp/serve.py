"""Serves the tools that FastMCP generates from the spec on stdin and stdout, for comparison in `cargo xtask bench`. SPEC is
the spec's path. No call is made, so the client's base URL isn't real."""

import json
import os

import httpx2
from fastmcp import FastMCP

with open(os.environ["SPEC"], encoding="utf-8") as file:
    spec = json.load(file)
client = httpx2.AsyncClient(base_url="http://127.0.0.1:9")
FastMCP.from_openapi(openapi_spec=spec, client=client, name="connectwise").run(show_banner=False)
