"""Adds a note to a ticket with Anthropic's tool format and client, without a framework.

Run it with `python anthropic_tools.py`.
"""

import json
import os

from anthropic import Anthropic

from job import Note, call, show
from scripted import Provider
from server import declared, server

JOB = Note("Anthropic's client ordered the laptop with PO #5092.")


def scripted(request: dict) -> dict:
    """Returns the scripted model's responses."""
    contents = [message["content"] for message in request["messages"] if isinstance(message["content"], list)]
    parts = [part for content in contents for part in content if part["type"] == "tool_result"]
    results = [json.loads(part["content"]) for part in parts]
    step = JOB.next(results)
    if isinstance(step, str):
        content = {"type": "text", "text": step}
    else:
        content = {"type": "tool_use", "id": f"call-{len(results)}", "name": step[0], "input": step[1]}
    reason = "end_turn" if isinstance(step, str) else "tool_use"
    usage = {"input_tokens": 0, "output_tokens": 0}
    return {
        "id": "1", "type": "message", "role": "assistant", "model": "scripted", "content": [content],
        "stop_reason": reason, "stop_sequence": None, "usage": usage,
    }


def client() -> Anthropic:
    """Returns the real provider if a key is set, otherwise a scripted provider."""
    if os.environ.get("ANTHROPIC_API_KEY"):
        return Anthropic()
    return Anthropic(base_url=Provider(scripted).url, api_key="none")


def main() -> None:
    base_url, anthropic = server(), client()
    tools = declared(JOB.tools, "anthropic")
    messages = [{"role": "user", "content": JOB.question}]
    show("asks", JOB.question)
    while True:
        answer = anthropic.messages.create(
            model=os.environ.get("MODEL", "claude-sonnet-5-5"), max_tokens=1000, messages=messages, tools=tools
        )
        messages.append({"role": "assistant", "content": answer.content})
        wanted = [part for part in answer.content if part.type == "tool_use"]
        if not wanted:
            break
        results = []
        for part in wanted:
            show("calls", f"{part.name} {json.dumps(part.input)}")
            result = call(base_url, part.name, part.input)["result"]
            results.append({"type": "tool_result", "tool_use_id": part.id, "content": json.dumps(result)})
        messages.append({"role": "user", "content": results})
    text = answer.content[0].text
    show("answers", text)
    JOB.check(text, base_url)


if __name__ == "__main__":
    main()
