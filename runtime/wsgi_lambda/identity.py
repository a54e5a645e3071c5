"""REMOTE_USER: whom the gateway's authorizer let in. Nothing here comes from what a client can write."""

from __future__ import annotations

from .event import mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .integration import Event


def of_rest_api(given: object, identity: Event) -> str:
    """A Lambda authorizer's principal, a Cognito user, or the ARN of an IAM identity."""
    authorizer = mapping(given)
    claims = mapping(authorizer.get("claims"))
    return _first(
        authorizer.get("principalId"),
        claims.get("cognito:username"),
        claims.get("username"),
        claims.get("sub"),
        identity.get("userArn"),
    )


def of_payload_two(given: object) -> str:
    """The subject of a JWT, a Lambda authorizer's principal, or the ARN of an IAM identity."""
    authorizer = mapping(given)
    return _first(
        mapping(mapping(authorizer.get("jwt")).get("claims")).get("sub"),
        mapping(authorizer.get("lambda")).get("principalId"),
        authorizer.get("principalId"),
        mapping(authorizer.get("iam")).get("userArn"),
    )


def _first(*candidates: object) -> str:
    return next((text(candidate) for candidate in candidates if candidate), "")
