-- Events and who takes part in them.
-- Times are timestamptz: the containers run in UTC, the company in Japan.

create table events (
    id bigint generated always as identity constraint events_pkey primary key,
    title text not null constraint events_title_length check (char_length(title) between 1 and 200),
    description text not null default '' constraint events_description_length check (char_length(description) <= 10000),
    event_date timestamptz not null,
    location text not null default '' constraint events_location_length check (char_length(location) <= 200),
    max_participants integer not null constraint events_max_participants_range check (max_participants between 1 and 1000000),
    organizer text not null constraint events_organizer_length check (char_length(organizer) between 1 and 100),
    created_at timestamptz not null default now()
);

-- Keyset pages walk this index forwards (upcoming) and backwards (past).
create index events_event_date_id_idx on events (event_date, id);

create table participants (
    id bigint generated always as identity constraint participants_pkey primary key,
    event_id bigint not null constraint participants_event_id_fkey references events (id) on delete cascade,
    user_name text not null constraint participants_user_name_length check (char_length(user_name) between 1 and 100),
    registered_at timestamptz not null default now(),
    constraint participants_event_id_user_name_key unique (event_id, user_name)
);
