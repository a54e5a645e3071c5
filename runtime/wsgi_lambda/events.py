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
    integration: Integration
    if name == "rest_api":
        from .rest_api import RestApi

        integration = RestApi()
    elif name == "http_api_one":
        from .rest_api import HttpApiOne

        integration = HttpApiOne()
    elif name == "http_api":
        from .http_api import HttpApi

        integration = HttpApi()
    elif name == "function_url":
        from .http_api import FunctionUrl

        integration = FunctionUrl()
    elif name == "load_balancer":
        from .load_balancer import LoadBalancer

        integration = LoadBalancer()
    elif name == "lattice":
        from .lattice import Lattice

        integration = Lattice()
    elif name == "lattice_one":
        from .lattice import LatticeOne

        integration = LatticeOne()
    elif name == "edge":
        from .edge import Edge

        integration = Edge()
    elif name == "viewer_edge":
        from .edge import ViewerEdge

        integration = ViewerEdge()
    else:
        from .non_proxy import NonProxy

        integration = NonProxy()
    _loaded[name] = integration
    return integration
