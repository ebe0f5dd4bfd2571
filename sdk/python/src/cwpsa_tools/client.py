"""HTTP client for a `cwpsa` server's tool list and tool calls.

The server provides names, schemas and validation.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from .names import ToolMethod, ToolTag

#: URL of a local server.
DEFAULT_BASE_URL = "http://127.0.0.1:8080"
_VERBS = {"list": "GET", "get": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE"}
_BY_ID = {"get", "update", "delete"}


class ToolServerError(Exception):
    """A server error. Its text is written for the model: it identifies invalid arguments and explains what to do."""

    def __init__(self, status: int, headers: httpx.Headers, body: Any):
        super().__init__(_message(status, body))
        #: HTTP status. 429 means that the API's rate limit is exhausted.
        self.status = status
        #: Response headers (case-insensitive). After a 429, `ratelimit-reset` is the number of seconds to wait.
        self.headers = headers
        #: Response body, parsed if it is JSON.
        self.body = body


def _message(status: int, body: Any) -> str:
    if not isinstance(body, dict):
        return f"{status}: {body or 'empty response'}"
    lines = [f"{status}: {body.get('message') or json.dumps(body)}"]
    lines += [f"{field['pointer']}: {field['message']}" for field in body.get("fields") or []]
    return "\n".join(lines + [body["next_step"]] if body.get("next_step") else lines)


@dataclass(frozen=True)
class _Call:
    """A call's HTTP request."""

    verb: str
    path: str
    query: dict[str, str]
    body: dict[str, Any] | None


class ToolServer:
    """A `cwpsa` server.

    `base_url` is the server's URL. It defaults to the `TRUTO_API_BASE_URL` or `CWPSA_URL` environment variable, or to
    `http://127.0.0.1:8080` if neither is set. `api_key` is an account token, if the server requires one. `timeout` is the
    request timeout in seconds.
    """

    def __init__(self, base_url: str | None = None, api_key: str | None = None, timeout: float = 60):
        headers = {"accept": "application/json"}
        if api_key:
            headers["authorization"] = f"Bearer {api_key}"
        url = base_url or os.environ.get("TRUTO_API_BASE_URL") or os.environ.get("CWPSA_URL") or DEFAULT_BASE_URL
        self._settings: dict[str, Any] = {"base_url": url, "headers": headers, "timeout": timeout}
        self._client = httpx.Client(**self._settings)

    def tools(
        self,
        account_id: str,
        methods: ToolMethod | Iterable[ToolMethod] | None = None,
        tags: ToolTag | Iterable[ToolTag] | None = None,
    ) -> list["RemoteTool"]:
        """Returns an account's tools, filtered by `methods` and `tags`.

        A tool must match any of `methods` (read, write, custom, or methods such as list) and any of `tags` (API modules or
        tags). An omitted filter matches all tools. A string is treated as a list with one item.

        Raises `ToolServerError` if the server returns an error, such as 400 for an unknown method or tag.
        """
        filters = {"methods": _list(methods), "tags": _list(tags)}
        query = {name: ",".join(values) for name, values in filters.items() if values}
        path = f"/integrated-account/{quote(account_id, safe='')}/tools"
        declared = self._send(_Call("GET", path, query, None))["result"]
        return [RemoteTool(self, account_id, tool) for tool in declared]

    def _send(self, call: _Call) -> Any:
        return _answer(self._client.request(call.verb, call.path, params=call.query, json=call.body))

    async def _send_async(self, call: _Call) -> Any:
        # Create a client for each call, because an async client is bound to the event loop that created it.
        async with httpx.AsyncClient(**self._settings) as client:
            return _answer(await client.request(call.verb, call.path, params=call.query, json=call.body))


def _list(values: str | Iterable[str] | None) -> list[str]:
    return [values] if isinstance(values, str) else list(values or ())


def _answer(response: httpx.Response) -> Any:
    try:
        body = response.json() if response.content else {}
    except ValueError:
        body = response.text
    if not response.is_success:
        raise ToolServerError(response.status_code, response.headers, body)
    return body


class RemoteTool:
    """A tool on the server, with a `name`, a `description` and a `schema`, which is a flat object without references."""

    def __init__(self, server: ToolServer, account_id: str, declared: Mapping[str, Any]):
        self._server = server
        self._account_id = account_id
        self._declared = declared
        self.name: str = declared["name"]
        self.description: str = declared["description"]
        self._query = (declared["query_schema"] or {}).get("properties", {})
        self._body = declared["body_schema"] and declared["body_schema"].get("properties", {})
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": {**self._query, **(self._body or {})},
            "required": list(declared["required"]),
            "additionalProperties": False,
        }

    def call(self, arguments: Mapping[str, Any]) -> Any:
        """Calls the tool and returns the result. List tools return `{"result": […], "next_cursor": …}`.

        Raises `ToolServerError` if the server returns an error.
        """
        return self._server._send(self._route(arguments))

    async def acall(self, arguments: Mapping[str, Any]) -> Any:
        """Async variant of `call`."""
        return await self._server._send_async(self._route(arguments))

    def _route(self, arguments: Mapping[str, Any]) -> _Call:
        """Returns the request for a call. The tool's schemas determine where each argument goes."""
        method = self._declared["method"]
        by_id = method in _BY_ID
        # Send an ID that isn't a valid path segment in the body, so the server can report the error.
        odd = by_id and not _fits_path(arguments.get("id"))
        common = method in _VERBS and not odd
        has_body = self._body is not None or odd
        path = f"/proxy/{self._declared['resource']}"
        if not common:
            path += f"/{method}"
        elif by_id:
            path += f"/{quote(str(arguments['id']), safe='')}"
        query = {"integrated_account_id": self._account_id}
        body: dict[str, Any] = {}
        for name, value in arguments.items():
            if name == "id" and by_id and common:
                continue
            # Send unknown arguments too, so the server can report them.
            if odd or (has_body and name not in self._query):
                body[name] = value
            elif value is not None:
                query |= _in_query(name, value)
        return _Call(_VERBS[method] if common else "POST", path, query, body if has_body else None)


def _fits_path(value: Any) -> bool:
    """Returns true if an ID can be a path segment: an integer, or a non-empty string other than `.` and `..`."""
    if isinstance(value, str):
        return value.strip() not in ("", ".", "..")
    return isinstance(value, int) and not isinstance(value, bool)


def _in_query(name: str, value: Any) -> dict[str, str]:
    """Encodes a query value. Lists are sent by index, and nested values as JSON, which preserves their types."""
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        return {f"{name}[{index}]": _text(item) for index, item in enumerate(value)}
    return {name: _text(value)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
