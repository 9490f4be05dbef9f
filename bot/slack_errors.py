"""What it means when a call to Slack fails: it was refused, it was refused for now, or nobody knows."""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError

# A call that failed: refused, no connection, or a gateway's answer at whose shape the SDK stumbles.
FAILED = (SlackApiError, ClientError, OSError, TimeoutError, ValueError, KeyError, AttributeError, TypeError)


def error_of(error: BaseException) -> str | None:
    """Slack's own word for a refusal ("channel_not_found"); None when what came back was not Slack's JSON."""
    response = getattr(error, "response", None)
    # A gateway's page reaches us as the bare HTTP response.
    data = getattr(response, "data", response)
    name = data.get("error") if isinstance(error, SlackApiError) and isinstance(data, Mapping) else None
    return name if isinstance(name, str) else None


def is_refused_for_now(error: BaseException) -> bool:
    """Nothing was done, and the same call may work later."""
    return _status_of(error) == 429 or error_of(error) == "ratelimited" or isinstance(error, ClientConnectorError)


def is_unconfirmed(error: BaseException) -> bool:
    """It may have been done: a time-out, a lost connection, a gateway's error. Calling again might do it twice."""
    if is_refused_for_now(error):
        return False
    if isinstance(error, SlackApiError):
        return error_of(error) in (None, "internal_error", "fatal_error", "service_unavailable", "request_timeout")
    return isinstance(error, ClientError | TimeoutError | OSError)


def _status_of(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    # The SDK's response has a status_code; a gateway's page reaches us as the bare HTTP response.
    return getattr(response, "status_code", None) or getattr(response, "status", None)


def retry_after(failed: BaseException) -> timedelta | None:
    """How long Slack asks to wait; None where it does not say."""
    headers = getattr(getattr(failed, "response", None), "headers", None) or {}
    seconds = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=min(int(seconds), 3600)) if str(seconds).isdigit() else None
