//! Joining and leaving.

use serde_json::{Value, json};

use super::{
    Reader, examples,
    parts::{BODY, answer, body, common, empty, id, query, responses},
    schemas::name,
};
use crate::http::problem::Kind;

const JOIN: &str = "An event never has more participants than seats, however many join at once. \
Joining again changes nothing and is answered with 200, so a request may be repeated after a lost answer.

When the event is full, the answer is 409; with `waitlist=true` it is 202, and the person waits for a seat: \
`position` says how many turns there are, themselves included. Whoever is first gets a seat as soon as somebody \
leaves or the event gets more seats, unless it has begun. Nobody can join an event that has begun.";

pub(super) fn join(reader: Reader) -> Value {
    let example = |person: Value| {
        let mut place = person;
        place["event_id"] = 12.into();
        place
    };
    let seat = || example(json!(examples::participant()));
    let mut taken = answer("There is a seat, newly taken", "Seat", seat(), &[]);
    let mut waiting = answer(
        "There is no seat, but a place on the waitlist; repeated: the same place, at its present position",
        "PlaceInLine",
        example(json!(examples::waiting())),
        &[],
    );
    for answer in [&mut taken, &mut waiting] {
        answer["links"]["leaveEvent"] = json!({
            "operationId": "leaveEvent",
            "description": "Give it back",
            "parameters": { "id": "$request.path.id", "user_name": "$response.body#/user_name" },
        });
    }
    let waitlist = query(
        "waitlist",
        "Whether to wait for a seat if there is none",
        json!({ "type": "boolean", "default": false }),
    );
    json!({
        "operationId": "joinEvent",
        "tags": ["people"],
        "summary": "Join an event",
        "description": JOIN,
        "parameters": common(vec![id(), waitlist]),
        "requestBody": body("Who joins", "Name", json!({ "user_name": examples::participant().user_name })),
        "responses": responses(
            json!({
                "200": answer("There is a seat, taken before", "Seat", seat(), &[]),
                "201": taken,
                "202": waiting,
            }),
            &[
                &[Kind::InvalidParameters, Kind::CrossSite, Kind::EventNotFound, Kind::EventFull, Kind::EventBegun],
                if reader.known { &[Kind::NotYourself] } else { &[] },
                &BODY,
            ],
            reader,
        ),
    })
}

pub(super) fn leave(reader: Reader) -> Value {
    let mut user = query(
        "user_name",
        if reader.known {
            "Who leaves: the person who is logged in, which may be left out"
        } else {
            "Who leaves. In the address, because bodies of DELETE get lost on the way"
        },
        name("The whole name"),
    );
    user["required"] = (!reader.known).into();
    json!({
        "operationId": "leaveEvent",
        "tags": ["people"],
        "summary": "Leave an event",
        "description": "Gives a seat or a place on the waitlist back. A seat goes at once to the first who waits. \
                        Nobody can leave an event that has begun.",
        "parameters": common(vec![id(), user]),
        "responses": responses(
            json!({ "204": empty("The seat or place is given back", &[]) }),
            &[
                &[Kind::InvalidParameters, Kind::CrossSite, Kind::EventNotFound, Kind::NotJoined, Kind::EventBegun],
                if reader.known { &[Kind::NotYourself] } else { &[] },
            ],
            reader,
        ),
    })
}
