"""The server's list of tools and its calls, over HTTP.

Which tools there are, what they take and whether arguments are right is the server's to say: here is only how a call
travels.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

_VERBS = {"list": "GET", "get": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE"}
_BY_ID = {"get", "update", "delete"}


class ToolServerError(Exception):
    """The server said no. Its text is made for a model: what is wrong, where, and what to do."""

    def __init__(self, status: int, headers: httpx.Headers, body: Any):
        super().__init__(_message(status, body))
        #: The HTTP status; 429 means that the API's budget of requests is used up.
        self.status = status
        #: The answer's headers, in any case; after a 429 `ratelimit-reset` is the seconds to wait.
        self.headers = headers
        #: The answer's body, parsed if it is JSON.
        self.body = body


def _message(status: int, body: Any) -> str:
    if not isinstance(body, dict):
        return f"{status}: {body or 'no answer'}"
    lines = [f"{status}: {body.get('message') or json.dumps(body)}"]
    lines += [f"{field['pointer']}: {field['message']}" for field in body.get("fields") or []]
    return "\n".join(lines + [body["next_step"]] if body.get("next_step") else lines)


@dataclass(frozen=True)
class _Call:
    """A call as it travels."""

    verb: str
    path: str
    query: dict[str, str]
    body: dict[str, Any] | None


class ToolServer:
    """Where the server is and who asks.

    `base_url` is the server's address, e.g. `http://127.0.0.1:8080`; `api_key` a token of the account, where the
    server asks for one; `timeout` the seconds until a request is given up.
    """

    def __init__(self, base_url: str, api_key: str | None = None, timeout: float = 60):
        headers = {"accept": "application/json"}
        if api_key:
            headers["authorization"] = f"Bearer {api_key}"
        self._settings = {"base_url": base_url, "headers": headers, "timeout": timeout}
        self._client = httpx.Client(**self._settings)

    def tools(
        self,
        account_id: str,
        methods: str | Iterable[str] | None = None,
        tags: str | Iterable[str] | None = None,
    ) -> list["RemoteTool"]:
        """The tools of an account: of any of `methods` (read, write, custom, or single ones such as list) and any
        of `tags` (areas of the API or its tags); what is not given narrows nothing. A text is a list of one."""
        wanted = {"methods": _list(methods), "tags": _list(tags)}
        query = {name: ",".join(values) for name, values in wanted.items() if values}
        path = f"/integrated-account/{quote(account_id, safe='')}/tools"
        declared = self._send(_Call("GET", path, query, None))["result"]
        return [RemoteTool(self, account_id, tool) for tool in declared]

    def _send(self, call: _Call) -> Any:
        return _answer(self._client.request(call.verb, call.path, params=call.query, json=call.body))

    async def _send_async(self, call: _Call) -> Any:
        # One of its own for each call: an asynchronous client belongs to the event loop that it began in.
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
    """A tool of the server: `name`, `description`, `schema` (an object, flat, without references), and calls."""

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
        """Runs it and gives what the server answers; a list gives `{"result": […], "next_cursor": …}`.

        Raises `ToolServerError` where the server says no.
        """
        return self._server._send(self._route(arguments))

    async def acall(self, arguments: Mapping[str, Any]) -> Any:
        """As `call`."""
        return await self._server._send_async(self._route(arguments))

    def _route(self, arguments: Mapping[str, Any]) -> _Call:
        """The verb and path say which tool it is, and arguments stand where its schemas say."""
        method = self._declared["method"]
        by_id = method in _BY_ID
        # An id that a path can't hold goes in a body, by the tool's method: the server says what is wrong with it.
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
            # An argument that no schema names goes along too: the server says what is wrong with it.
            if odd or (has_body and name not in self._query):
                body[name] = value
            elif value is not None:
                query |= _in_query(name, value)
        return _Call(_VERBS[method] if common else "POST", path, query, body if has_body else None)


def _fits_path(value: Any) -> bool:
    """Whether an id can be a segment of a path: a number or text, and none of those that mean another folder."""
    if isinstance(value, str):
        return value.strip() not in ("", ".", "..")
    return isinstance(value, int) and not isinstance(value, bool)


def _in_query(name: str, value: Any) -> dict[str, str]:
    """A value as it is, a list by number, and everything deeper as JSON, which keeps its types."""
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        return {f"{name}[{index}]": _text(item) for index, item in enumerate(value)}
    return {name: _text(value)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
