-- Events as calendars want them: which revision of an event it is, what was cancelled, and whose feed it is.
-- All of it is new, so that the previous version of the service can go on beside this one.

-- Revisions are counted by the history, which only grows and knows cancelled events too: the version of a row would
-- neither grow for ever nor outlive the row. The many entries of people are left out.
create index history_revisions_idx on history (event_id, at) where action in ('created', 'changed', 'deleted');
create index history_deleted_at_idx on history (at) where action = 'deleted';

-- What was deleted before it began. What was deleted later took place, and is only no longer listed.
-- Only these entries have a plain date; the `case` keeps others from being read as one, in whatever order a plan looks.
create view cancelled_events as
select d.event_id as id,
       d.details ->> 'title' as title,
       d.details ->> 'description' as description,
       d.event_date,
       d.details ->> 'location' as location,
       d.details ->> 'organizer' as organizer,
       d.at as cancelled_at
  from (select h.*, case when h.action = 'deleted' then (h.details ->> 'event_date')::timestamptz end as event_date
          from history h) d
 where d.action = 'deleted' and d.event_date > d.at;

-- What tells the events of this installation from those of others, in calendars that have both.
create table installation (
    the_only_one boolean constraint installation_pkey primary key default true
        constraint installation_one_row check (the_only_one),
    id uuid not null default gen_random_uuid()
);
insert into installation default values;

-- The secret addresses under which calendars, which cannot log in, read the events: one a person, known by its hash.
create table feeds (
    user_name text constraint feeds_pkey primary key
        constraint feeds_user_name_length check (char_length(user_name) between 1 and 100),
    secret_hash bytea not null constraint feeds_secret_hash_key unique
        constraint feeds_secret_hash_length check (octet_length(secret_hash) = 32),
    created_at timestamptz not null default clock_timestamp()
);
