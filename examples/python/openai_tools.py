"""Looks up stock with OpenAI's tool format and client, without a framework. Run it with `python openai_tools.py`."""

import json
import os

from openai import OpenAI

from job import Stock, call, show
from scripted import Provider
from server import declared, server

JOB = Stock()


def scripted(request: dict) -> dict:
    """Returns the scripted model's responses."""
    results = [json.loads(message["content"]) for message in request["messages"] if message["role"] == "tool"]
    step = JOB.next(results)
    message = {"role": "assistant", "content": step if isinstance(step, str) else None}
    if not isinstance(step, str):
        function = {"name": step[0], "arguments": json.dumps(step[1])}
        message["tool_calls"] = [{"id": f"call-{len(results)}", "type": "function", "function": function}]
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}


def client() -> OpenAI:
    """Returns the real provider if a key is set, otherwise a scripted provider."""
    if os.environ.get("OPENAI_API_KEY"):
        return OpenAI()
    return OpenAI(base_url=Provider(scripted).url, api_key="none")


def main() -> None:
    base_url, openai = server(), client()
    tools = declared(JOB.tools, "openai")
    messages = [{"role": "user", "content": JOB.question}]
    show("asks", JOB.question)
    while True:
        model = os.environ.get("MODEL", "gpt-5.5")
        answer = openai.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
        if not answer.tool_calls:
            break
        messages.append(answer.model_dump(exclude_none=True))
        for wanted in answer.tool_calls:
            show("calls", f"{wanted.function.name} {wanted.function.arguments}")
            result = call(base_url, wanted.function.name, json.loads(wanted.function.arguments))
            messages.append({"role": "tool", "tool_call_id": wanted.id, "content": json.dumps(result)})
    show("answers", answer.content)
    JOB.check(answer.content, base_url)


if __name__ == "__main__":
    main()
