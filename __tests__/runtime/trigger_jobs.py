"""What the tables of these tests name: `calls` has the function, the event and the context of each call."""

import sys

calls = []
number = 5


def _recorder(name):
    def function(event, context):
        calls.append((name, event, context))
        return {"from": name}

    return function


first, second, third = map(_recorder, ("first", "second", "third"))


class shop:
    first = first


def raising(event, context):
    raise LookupError("no such order")


def leaving(event, context):
    sys.exit(3)


def interrupted(event, context):
    raise KeyboardInterrupt


async def waiting(event, context):
    pass


def work(record, context):
    """Fails where the record says "bad", leaves where it says "exit", and takes as long as "slow" says."""
    said = record["body"] if "body" in record else record["dynamodb"]["Keys"]["Id"]["S"] if "dynamodb" in record else ""
    calls.append(said)
    if said == "bad":
        raise ValueError("a bad record")
    if said == "exit":
        sys.exit(3)
    if said == "slow":
        context.milliseconds -= 3000
