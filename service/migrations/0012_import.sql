-- The import of a spreadsheet: all of it or nothing, and nothing twice.

-- Which row an event was made of. It is known again although the event has been edited since; it can come in again
-- once the event is gone.
create table imported_events (
    event_id bigint constraint imported_events_pkey primary key
        constraint imported_events_event_id_fkey references events (id) on delete cascade,
    fingerprint bytea not null
);
create index imported_events_fingerprint_idx on imported_events (fingerprint);

-- What makes two rows the same event, however it is spelt: its title, its time and its place.
create function import_fingerprint(p_title text, p_event_date timestamptz, p_location text) returns bytea
language sql stable strict parallel safe
return sha256(convert_to(format('%L %L %L', fold(p_title), extract(epoch from p_event_date), fold(p_location)), 'UTF8'));

-- Finds which rows are events already, and makes events of the others, unless it is only tried.
-- Nobody is told: what comes from an old list was announced there.
--
-- One line a row, in their order: the event, which is null if it would be made, and whether it is new.
create function import_events(
    p_titles text[], p_descriptions text[], p_event_dates timestamptz[], p_locations text[],
    p_max_participants integer[], p_organizers text[], p_actor text, p_try boolean)
returns table (event_id bigint, is_new boolean)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_row record;
    v_event events;
    v_fingerprint bytea;
begin
    if not p_try then
        -- One import at a time, until the commit: two of the same rows would both find the events missing.
        perform pg_advisory_xact_lock(hashtextextended('import_events', 0));
    end if;
    for v_row in
        select *
          from unnest(p_titles, p_descriptions, p_event_dates, p_locations, p_max_participants, p_organizers)
            as r (title, description, event_date, location, max_participants, organizer)
    loop
        v_fingerprint := import_fingerprint(v_row.title, v_row.event_date, v_row.location);
        select i.event_id into event_id from imported_events i where i.fingerprint = v_fingerprint limit 1;
        if event_id is null then
            select e.id into event_id
              from events e
             where e.event_date = v_row.event_date
               and import_fingerprint(e.title, e.event_date, e.location) = v_fingerprint
             limit 1;
        end if;
        is_new := event_id is null;
        if is_new and not p_try then
            insert into events (title, description, event_date, location, max_participants, organizer, created_at)
            values (v_row.title, v_row.description, v_row.event_date, v_row.location, v_row.max_participants,
                    v_row.organizer, clock_timestamp())
            returning * into v_event;
            event_id := v_event.id;
            insert into history (event_id, actor, action, details)
            values (v_event.id, p_actor, 'created', event_fields(v_event));
            insert into imported_events (event_id, fingerprint) values (v_event.id, v_fingerprint);
        end if;
        return next;
    end loop;
end
$$;
