"""The tools that FastMCP makes of the spec, on stdin and stdout: what `cargo xtask bench` sets ours beside. SPEC names the
spec. No call is made, so the client leads nowhere."""

import json
import os

import httpx2
from fastmcp import FastMCP

with open(os.environ["SPEC"], encoding="utf-8") as file:
    spec = json.load(file)
client = httpx2.AsyncClient(base_url="http://127.0.0.1:9")
FastMCP.from_openapi(openapi_spec=spec, client=client, name="connectwise").run(show_banner=False)
