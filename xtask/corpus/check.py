"""Checks a generated crate against the document that it was generated from; see README.md.

Usage: check.py DRIVER SPEC NAME [PATCH], prints one line of JSON.
"""

import collections
import http.server
import json
import random
import subprocess
import sys
import threading
import urllib.parse
import warnings

import jsonschema
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest
from openapi_core.validation.request.exceptions import RequestValidationError

from sampling import Guide, Sampler

warnings.simplefilter("ignore")
METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
EXTRA = "xUnknownToTheSpec"
TOKEN_ENDPOINT = "/token-of-the-check"


class Recorder(http.server.BaseHTTPRequestHandler):
    """Records each request and returns an empty object."""

    protocol_version = "HTTP/1.1"
    # Otherwise each response waits for an acknowledgement of its head.
    disable_nagle_algorithm = True
    seen = []

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if self.path.endswith(TOKEN_ENDPOINT):
            content = b'{"access_token": "secret", "expires_in": 3600}'
        else:
            self.seen.append((self.command.lower(), self.path, list(self.headers.items()), body))
            content = b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = answer

    def log_message(self, *_):
        pass


class Driver:
    """The program with the generated crate."""

    def __init__(self, program, base_url):
        self.process = subprocess.Popen(
            [program, base_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def apply_patch(document, operations):
    """The operations `add`, `replace`, `remove` and `move` of a JSON Patch."""
    if len(operations) > 10:
        raise SystemExit("a patch has at most ten operations")
    steps = []
    for operation in operations:
        if operation["op"] == "move":
            steps.append({"op": "remove", "path": operation["from"]})
            steps.append({"op": "add", "path": operation["path"]})
        else:
            steps.append(operation)
    removed = None
    for operation in steps:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        target = document
        for part in parts[:-1]:
            target = target[int(part)] if isinstance(target, list) else target[part]
        key = int(parts[-1]) if isinstance(target, list) else parts[-1]
        value = operation.get("value", removed)
        if operation["op"] == "remove":
            removed = target.pop(key)
        elif operation["op"] == "add" and isinstance(target, list):
            target.insert(key, value)
        else:
            target[key] = value


def remove_ignored_headers(document):
    """Removes the parameters that OpenAPI says to ignore, which the validator insists on."""
    shared = document.get("components", {}).get("parameters", {})

    def is_ignored(parameter):
        parameter = shared.get(parameter.get("$ref", "").split("/")[-1], parameter)
        ignored = ("accept", "content-type", "authorization")
        return parameter.get("in") == "header" and str(parameter.get("name")).lower() in ignored

    for item in document.get("paths", {}).values():
        for owner in [item, *(item.get(method) for method in METHODS)]:
            if isinstance(owner, dict) and isinstance(owner.get("parameters"), list):
                owner["parameters"] = [own for own in owner["parameters"] if not is_ignored(own)]


def remove_false_keywords(value):
    """Removes `readOnly: false` and `writeOnly: false`, which the validator takes for true."""
    if isinstance(value, dict):
        for keyword in ("readOnly", "writeOnly"):
            if value.get(keyword) is False:
                del value[keyword]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        remove_false_keywords(item)


def texts_for_keys(value):
    """YAML may have numbers as keys, JSON can't."""
    if isinstance(value, dict):
        return {str(key): texts_for_keys(member) for key, member in value.items()}
    return [texts_for_keys(item) for item in value] if isinstance(value, list) else value


class PlainLoader(yaml.CSafeLoader):
    """YAML without dates."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def check_declarations(tools):
    """Problems of the declarations by dialect."""
    problems = collections.Counter()
    for tool in tools:
        for dialect, declaration in tool["declarations"].items():
            for schema in schemas_of(declaration):
                try:
                    jsonschema.Draft202012Validator.check_schema(schema)
                except jsonschema.SchemaError:
                    problems[dialect] += 1
    return problems


def schemas_of(declaration):
    """The schemas in a declaration, whatever a dialect calls them."""
    names = ("inputSchema", "input_schema", "parameters", "query_schema", "body_schema", "outputSchema")
    for name, value in declaration.items() if isinstance(declaration, dict) else ():
        if name in names and isinstance(value, dict):
            yield value
        elif isinstance(value, dict):
            yield from schemas_of(value)


def request_of(host, recorded):
    method, target, headers, body = recorded
    split = urllib.parse.urlsplit(target)
    query = collections.defaultdict(list)
    for name, value in urllib.parse.parse_qsl(split.query, keep_blank_values=True):
        query[name].append(value)
    found = {name: value for name, value in headers}
    cookies = {}
    for cookie in found.get("cookie", found.get("Cookie", "")).split(";"):
        name, separator, value = cookie.strip().partition("=")
        if separator:
            cookies[name] = value
    media = next((value for name, value in headers if name.lower() == "content-type"), "")
    return MockRequest(
        host, method, urllib.parse.unquote(split.path), args=dict(query), headers=found, cookies=cookies,
        data=body if body or media else None, content_type=media,
    )


def details_of(error):
    """The innermost cause of an error, and the errors of the schema."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error, list(getattr(error, "schema_errors", []))


def read_json(text, **_parameters):
    return json.loads(text)


def json_media_types(value):
    """The media types of bodies in a JSON format, which the validator knows by one name only."""
    found = set()
    if isinstance(value, dict):
        content = value.get("content")
        if isinstance(content, dict):
            found = {media.split(";")[0] for media in content if media.split(";")[0].endswith("+json")}
        value = list(value.values())
    return found.union(*map(json_media_types, value)) if isinstance(value, list) else found


def is_ambiguous(error):
    """True if a value's only fault is that it is valid under several alternatives, of which the document allows one."""
    if "is valid under each of" in error.message:
        return True
    branches = collections.defaultdict(list)
    for inner in error.context or []:
        branches[inner.schema_path[0]].append(inner)
    return any(all(map(is_ambiguous, branch)) for branch in branches.values())


def reason(error):
    """The innermost cause of an error in one line."""
    error, details = details_of(error)
    text = "; ".join(detail.message for detail in details) if details else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:200]


def guide_of(document, tool, seed):
    """What the document says about a tool's arguments: the members of its JSON body, or the body itself."""
    try:
        return read_guide(document, tool, seed)
    except (KeyError, IndexError, RecursionError):
        # A reference that leads nowhere, or in a circle.
        return None


def read_guide(document, tool, seed):
    sampler = Sampler(document, seed)
    operation = document["paths"].get(tool["path"], {}).get(tool["method"].lower(), {})
    body = sampler.resolve(operation.get("requestBody", {}))
    schemas = [media.get("schema") for name, media in body.get("content", {}).items() if "json" in name]
    if not schemas or not isinstance(schemas[0], dict):
        return None
    whole = Guide(sampler, schemas[0])
    chosen = whole.chosen()
    members = {"body": schemas[0], "items": schemas[0], **chosen.schema.get("properties", {})}
    guide = Guide(sampler, {"type": "object", "properties": members})
    if chosen.is_alternative:
        names = tool["schema"]["properties"].keys() - whole.names()
        guide.schema["properties"] = {**dict.fromkeys(names, {}), **members}
        guide.schema["required"] = sorted(chosen.required() & tool["schema"]["properties"].keys())
        guide.is_alternative = True
    return guide


def check_requests(driver, document, host, tools):
    """How many operations are covered, and which requests the document does not allow."""
    readers = {media: read_json for media in json_media_types(document)}
    config = Config(spec_validator_cls=None, extra_media_type_deserializers=readers)
    openapi = OpenAPI.from_dict(document, config=config)
    covered, invalid, uncovered = 0, [], []
    for number, tool in enumerate(tools):
        sampler = Sampler(tool["schema"], number)
        failures, sent = set(), 0
        for turn, chance in enumerate((1.0, 0.0, 0.5)):
            guide = guide_of(document, tool, 3 * number + turn)
            arguments = sampler.draw(tool["schema"], chance, guide=guide)
            for name in ("clear", "filter"):
                if name not in tool["schema"].get("required", []):
                    arguments.pop(name, None)
            before = len(Recorder.seen)
            answer = driver.ask(call=tool["name"], arguments=arguments)
            requests = Recorder.seen[before:]
            if not requests:
                failures.add(f"not sent: {answer['error']}")
            for recorded in requests:
                try:
                    openapi.validate_request(request_of(host, recorded))
                except (RequestValidationError, Exception) as error:
                    _, details = details_of(error)
                    if details and all(map(is_ambiguous, details)):
                        failures.add(f"ambiguous alternatives: {reason(error)}")
                        continue
                    failures.add(reason(error))
                sent += 1
        key = f"{tool['method']} {tool['path']}"
        real = sorted(
            failure for failure in failures if not failure.startswith(("not sent", "ambiguous alternatives"))
        )
        if not sent:
            uncovered.append(f"{key}: {sorted(failures)[0]}")
        else:
            covered += 1
            invalid.extend(f"{key}: {failure}" for failure in real[:1])
    return covered, invalid, uncovered


def is_same(given, returned):
    """Equal as JSON; a whole number may be written as a fraction of zero."""
    if isinstance(given, bool) or isinstance(returned, bool):
        return given is returned
    if isinstance(given, (int, float)) and isinstance(returned, (int, float)):
        return given == returned
    if isinstance(given, dict) and isinstance(returned, dict):
        return given.keys() == returned.keys() and all(is_same(given[key], returned[key]) for key in given)
    if isinstance(given, list) and isinstance(returned, list):
        return len(given) == len(returned) and all(map(is_same, given, returned))
    return type(given) is type(returned) and given == returned


def with_extras(value, schema, sampler):
    """The value with a property that no schema knows, where the schema is open."""
    if isinstance(value, dict) and "additionalProperties" not in sampler.merged(schema):
        return {**value, EXTRA: [1, {"a": None}]}
    return value


def check_models(driver, document):
    """How many values of how many schemas come back as they were."""
    schemas = document.get("components", {}).get("schemas") or document.get("definitions", {})
    checked, wrong = 0, []
    for number, (name, schema) in enumerate(schemas.items()):
        sampler = Sampler(document, number, for_response=True)
        for chance in (1.0, 0.0, 0.5, 0.5):
            try:
                value = with_extras(sampler.draw(schema, chance), schema, sampler)
            except (KeyError, RecursionError, IndexError):
                break
            answer = driver.ask(model=name, value=value)
            if answer.get("missing"):
                break
            checked += chance == 1.0
            if "error" in answer:
                wrong.append(f"{name}: {answer['error'][:160]}")
                break
            if not is_same(value, answer["value"]):
                wrong.append(f"{name}: {json.dumps(value)[:160]} came back as {json.dumps(answer['value'])[:160]}")
                break
    return len(schemas), checked, wrong


def main():
    program, path, *patch = sys.argv[1:]
    random.seed(17)
    with open(path, encoding="utf-8-sig") as file:
        document = texts_for_keys(yaml.load(file, PlainLoader))
    if patch:
        with open(patch[0], encoding="utf-8") as file:
            apply_patch(document, json.load(file))
    remove_ignored_headers(document)
    remove_false_keywords(document)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    base = urllib.parse.urlsplit((document.get("servers") or [{"url": "/"}])[0].get("url", "/")).path.rstrip("/")
    base = "" if "{" in base else base
    for item in [document, *document.get("paths", {}).values()]:
        item.pop("servers", None)
        for method in METHODS:
            if isinstance(item.get(method), dict):
                item[method].pop("servers", None)
    document["servers"] = [{"url": host + base}]
    driver = Driver(program, host + base)
    tools = driver.ask(tools=True)["tools"]
    covered, invalid, uncovered = check_requests(driver, document, host, tools)
    schemas, checked, wrong = check_models(driver, document)
    result = {
        "tools": len(tools),
        "declaration_problems": check_declarations(tools),
        "covered": covered,
        "valid": covered - len(invalid),
        "invalid": invalid,
        "uncovered": uncovered,
        "schemas": schemas,
        "schemas_checked": checked,
        "schemas_wrong": wrong,
    }
    print(json.dumps(result))
    server.shutdown()


if __name__ == "__main__":
    main()
