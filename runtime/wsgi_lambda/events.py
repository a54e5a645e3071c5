"""Which integration sent this event?"""

from __future__ import annotations

from .event import mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event, Integration
    from .options import Options

# The envelope of remote commands is the one of serverless-wsgi, so that either side can move first.
COMMAND_KEY = "_serverless-wsgi"

_loaded: dict[str, Integration] = {}


class UnsupportedEvent(Exception):
    """The function was invoked with an event that it has no answer to; the message names the source of the event."""


def recognise(event: Event, options: Options) -> Integration | None:
    """The integration that sent an HTTP event; None for any other event."""
    context = event.get("requestContext")
    if not isinstance(context, dict):
        context = {}
    if event.get("version") == "2.0":  # HTTP APIs, function URLs and VPC Lattice all say so
        if isinstance(event.get("rawPath"), str):
            # Some emulators leave the domain out.
            domain = context.get("domainName") or mapping(event.get("headers")).get("host")
            name = "function_url" if isinstance(domain, str) and ".lambda-url." in domain else "http_api"
        elif context.get("serviceArn") or context.get("serviceNetworkArn"):
            name = "lattice"
        else:
            return None
    elif isinstance(event.get("httpMethod"), str):  # a load balancer's event looks like a REST API's otherwise
        if "elb" in context:
            name = "load_balancer"
        elif isinstance(event.get("path"), str):
            name = "http_api_one" if event.get("version") == "1.0" else "rest_api"
        else:
            return None
    elif isinstance(event.get("raw_path"), str) and isinstance(event.get("method"), str):
        name = "lattice_one"
    elif options.non_proxy_integration and "requestPath" in event and "version" not in event:
        name = "non_proxy"
    else:
        name = _edge(event.get("Records"))
        if not name:
            return None
    return _loaded.get(name) or _load(name)


def _edge(records: object) -> str:
    """Which kind of CloudFront's events, if any; what has a response already is nobody's request."""
    record = mapping(records[0]) if isinstance(records, list) and records else {}
    cf = mapping(record.get("cf"))
    if "response" in cf or not isinstance(mapping(cf.get("request")).get("method"), str):
        return ""
    return "viewer_edge" if mapping(cf.get("config")).get("eventType") == "viewer-request" else "edge"


def _load(name: str) -> Integration:
    """A function has one way in, seldom two: only the modules of those are ever loaded."""
    from importlib import import_module

    module, _, kind = _INTEGRATIONS[name].partition(":")
    integration: Integration = getattr(import_module(f".{module}", __package__), kind)()
    _loaded[name] = integration
    return integration


_INTEGRATIONS = {
    "rest_api": "rest_api:RestApi",
    "http_api_one": "rest_api:HttpApiOne",
    "http_api": "http_api:HttpApi",
    "function_url": "http_api:FunctionUrl",
    "load_balancer": "load_balancer:LoadBalancer",
    "lattice": "lattice:Lattice",
    "lattice_one": "lattice:LatticeOne",
    "edge": "edge:Edge",
    "viewer_edge": "edge:ViewerEdge",
    "non_proxy": "non_proxy:NonProxy",
}
