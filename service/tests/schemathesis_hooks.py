"""What the description of the API cannot tell schemathesis."""

import datetime
import uuid

import schemathesis
from hypothesis import strategies as st

# Times of the years that an event can have. Offsets must not push one over the edge.
schemathesis.openapi.format(
    "date-time",
    st.builds(
        "{:%Y-%m-%dT%H:%M:%S}{}{}".format,
        st.datetimes(datetime.datetime(2000, 1, 2), datetime.datetime(2199, 12, 30)),
        st.sampled_from(["", ".5", ".123456"]),
        st.sampled_from(["Z", "+09:00", "-11:30"]),
    ),
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Well-formed values that are refused all the same, because they must have been given out or be new."""
    # A step of a scenario hands the id of an event on as a number, also into a header.
    for name, value in list((case.headers or {}).items()):
        case.headers[name] = str(value)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    headers, query = case.headers or {}, case.query or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    if "If-Match" in headers:
        headers["If-Match"] = "*"
    query.pop("cursor", None)
