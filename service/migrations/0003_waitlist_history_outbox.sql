-- What goes beyond events and participants: who waits, what happened, what is still to be told, which requests
-- were answered before. All of it is new, so that the previous version of the service can go on beside this one.

-- Who waits for a seat. The order is that of the ids, which are drawn while the event is locked.
create table waitlist (
    id bigint generated always as identity,
    event_id bigint not null constraint waitlist_event_id_fkey references events (id) on delete cascade,
    user_name text not null constraint waitlist_user_name_length check (char_length(user_name) between 1 and 100),
    registered_at timestamptz not null default now(),
    constraint waitlist_pkey primary key (event_id, id),
    constraint waitlist_event_id_user_name_key unique (event_id, user_name)
);

-- What happened to an event, in the order in which it happened. It outlives the event, so no foreign key.
create table history (
    id bigint generated always as identity,
    event_id bigint not null,
    at timestamptz not null default clock_timestamp(),
    -- Who did it; null if that is not known, or if nobody did: a promotion follows from what somebody else did.
    actor text,
    action text not null constraint history_action_known check (action in (
        'created', 'changed', 'deleted', 'joined', 'left', 'waitlisted', 'left_waitlist', 'promoted')),
    -- Whose seat or place it is; null if the event as a whole is meant.
    user_name text,
    -- created, deleted: the fields of the event; changed: {"field": {"from": …, "to": …}} of those that changed.
    details jsonb,
    constraint history_pkey primary key (event_id, id)
);

-- What is still to be told. A row is written in the transaction of what it tells of, so that neither is without the
-- other, and delivered later, so that no request waits for anybody else.
create table notifications (
    id bigint generated always as identity constraint notifications_pkey primary key,
    event_id bigint not null,
    kind text not null constraint notifications_kind_known check (kind in (
        'created', 'changed', 'cancelled', 'promoted', 'reminder')),
    -- {"event": {…}}, and "changes" as in history, "user_name" of the promoted, "participants" of the cancelled.
    payload jsonb not null,
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    attempts integer not null default 0,
    last_error text,
    delivered_at timestamptz
);

create index notifications_due_at_idx on notifications (due_at) where delivered_at is null;

-- One reminder for each date of an event, whichever task thinks of it first.
create unique index notifications_reminder_key on notifications (event_id, (payload -> 'event' ->> 'event_date'))
    where kind = 'reminder';

-- Which requests to create an event were answered, and how, by the key that the client gave them.
-- What was sent and what came of it say together what the answer was.
create table idempotency_keys (
    -- Whose key it is; empty where nobody is known for sure.
    actor text not null default '',
    key text not null,
    fingerprint bytea not null,
    event_id bigint not null,
    event_created_at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (actor, key)
);

create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
