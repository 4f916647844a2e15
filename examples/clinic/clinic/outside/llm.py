"""A provider of a language model, with the chat completions that many offer. This one always finds it routine."""

from __future__ import annotations

from itertools import count

from fastapi import FastAPI
from pydantic import BaseModel


class Message(BaseModel):
    """Something said. The content is free text: no schema tells what is in it."""

    role: str
    content: str


class Chat(BaseModel):
    """What was said so far."""

    model: str
    messages: list[Message]


class Choice(BaseModel):
    """A way to go on."""

    index: int
    message: Message
    finish_reason: str


class Completion(BaseModel):
    """What the model says."""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]


app = FastAPI(title="llm", version="1.0.0", servers=[{"url": "http://api.llm.example"}])
numbers = count(1)


@app.post("/v1/chat/completions")
def complete(chat: Chat) -> Completion:
    """Go on with a chat."""
    choice = Choice(index=0, message=Message(role="assistant", content="routine"), finish_reason="stop")
    return Completion(
        id=f"chat-{next(numbers)}", object="chat.completion", created=0, model=chat.model, choices=[choice]
    )
