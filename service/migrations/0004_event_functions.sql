-- The rules of seats: each is one function, one round trip and one transaction, whoever calls it.
--
-- What counts on something first locks the row of the event, and looks again after that: inside a volatile function
-- each statement has a snapshot of its own, so that what follows the lock sees all that was done under it before.
-- The lock is held until the commit has reached the disk, so it is no stronger than it has to be:
--
--   key share        to give a seat back. Many can at once, also while others take seats: who counts too many seats
--                    refuses somebody who came a moment too early, and overbooks nothing.
--   no key update    to take a seat or to pass one on, one at a time.
--   update           to begin to wait, to change, to delete: alone. Who waits must not miss a seat that is just being
--                    given back, so nobody begins to wait while somebody leaves, and who leaves sees all who wait.
--
-- Ids of history and waitlist are drawn under the lock, so what follows from something else has a higher id.
-- Time is the clock's, not that of the transaction, which began before it waited for the lock.

-- The fields of an event as the history keeps them; in UTC, whatever the session says.
create function event_fields(e events) returns jsonb
language sql stable
set timezone = 'UTC'
as $$
    select jsonb_build_object(
        'title', e.title,
        'description', e.description,
        'event_date', replace(to_jsonb(e.event_date) #>> '{}', '+00:00', 'Z'),
        'location', e.location,
        'max_participants', e.max_participants,
        'organizer', e.organizer)
$$;

-- What is different, as {"field": {"from": …, "to": …}}; null if nothing is.
create function event_changes(p_old events, p_new events) returns jsonb
language sql stable
as $$
    select jsonb_object_agg(key, jsonb_build_object('from', o.value, 'to', n.value))
      from jsonb_each(event_fields(p_old)) o
      join jsonb_each(event_fields(p_new)) n using (key)
     where o.value <> n.value
$$;

-- What a notification says of its event.
create function event_notice(e events) returns jsonb
language sql stable
as $$
    select jsonb_build_object('event', event_fields(e) - 'description' || jsonb_build_object('id', e.id))
$$;

-- Gives free seats to those who wait, first come, first served; nobody is surprised by a seat at an event under way.
-- The caller has locked the event, at least for no key update.
create function promote(p_event bigint) returns void
language plpgsql volatile
as $$
declare
    v_event events;
    v_free integer;
begin
    select e.* into v_event from events e where e.id = p_event;
    select v_event.max_participants - count(*) into v_free from participants p where p.event_id = p_event;
    if v_free <= 0 or v_event.event_date <= clock_timestamp() then
        return;
    end if;
    with first as (
        delete from waitlist w
         where w.event_id = p_event
           and w.id in (select f.id from waitlist f where f.event_id = p_event order by f.id limit v_free)
        returning w.id, w.user_name
    ), seated as (
        insert into participants (event_id, user_name, registered_at)
        select p_event, f.user_name, clock_timestamp() from first f order by f.id
    ), noted as (
        insert into history (event_id, action, user_name)
        select p_event, 'promoted', f.user_name from first f order by f.id
    )
    insert into notifications (event_id, kind, payload)
    select p_event, 'promoted', event_notice(v_event) || jsonb_build_object('user_name', f.user_name)
      from first f
     order by f.id;
end
$$;

-- Takes a seat, never one too many, or a place on the waitlist if that is wanted.
--
-- outcome: joined, already_joined; waitlisted, waiting (with the place, from 1); full; begun; no_event.
--
-- The first look takes no lock: "has joined" and "is full" are true at the moment of that look, which is all
-- that such an answer can promise. On a full event the losers then neither queue for the row nor write to it.
create function join_event(
    p_event bigint, p_user text, p_waitlist boolean, p_actor text,
    out outcome text, out registered_at timestamptz, out place integer, out taken integer, out capacity integer)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_begins timestamptz;
begin
    for v_look in 1..2 loop
        if v_look = 1 then
            select e.event_date, e.max_participants into v_begins, capacity from events e where e.id = p_event;
        elsif p_waitlist then
            select e.event_date, e.max_participants into v_begins, capacity
              from events e where e.id = p_event for update;
        else
            select e.event_date, e.max_participants into v_begins, capacity
              from events e where e.id = p_event for no key update;
        end if;
        if not found then
            outcome := 'no_event';
            return;
        end if;
        -- Those who wait come first. Whoever frees a seat promotes them, but the previous version did not.
        if v_look = 2 and exists (select from waitlist w where w.event_id = p_event) then
            perform promote(p_event);
        end if;

        select count(*), max(p.registered_at) filter (where p.user_name = p_user)
          into taken, registered_at
          from participants p
         where p.event_id = p_event;
        if registered_at is not null then
            outcome := 'already_joined';
            return;
        end if;
        if v_begins <= clock_timestamp() then
            outcome := 'begun';
            return;
        end if;
        if taken >= capacity then
            if not p_waitlist then
                outcome := 'full';
                return;
            end if;
            select w.registered_at, (select count(*) from waitlist b where b.event_id = p_event and b.id <= w.id)
              into registered_at, place
              from waitlist w
             where w.event_id = p_event and w.user_name = p_user;
            if found then
                outcome := 'waiting';
                return;
            end if;
        end if;
    end loop;

    if taken < capacity then
        insert into participants (event_id, user_name, registered_at)
        values (p_event, p_user, clock_timestamp())
        returning participants.registered_at into registered_at;
        outcome := 'joined';
        taken := taken + 1;
    else
        insert into waitlist (event_id, user_name, registered_at)
        values (p_event, p_user, clock_timestamp())
        returning waitlist.registered_at into registered_at;
        select count(*) into place from waitlist w where w.event_id = p_event;
        outcome := 'waitlisted';
    end if;
    insert into history (event_id, actor, action, user_name) values (p_event, p_actor, outcome, p_user);
end
$$;

-- For the previous version of the service, which knows neither waitlist nor history; it does not read the id.
create or replace function join_event(p_event bigint, p_user text)
returns table (status integer, participant_id bigint, registered_at timestamptz, taken integer, capacity integer)
language sql volatile
as $$
    select case j.outcome when 'joined' then 201 when 'already_joined' then 200 when 'no_event' then 404 else 409 end,
           null::bigint, j.registered_at, j.taken, j.capacity
      from join_event(p_event, p_user, false, p_user) j
$$;

-- Gives a seat back, to the first who waits, or a place on the waitlist.
--
-- outcome: left; left_waitlist; not_joined; begun; no_event.
create function leave_event(p_event bigint, p_user text, p_actor text, out outcome text)
language plpgsql volatile
as $$
declare
    v_begins timestamptz;
    v_wanted boolean;
begin
    select e.event_date into v_begins from events e where e.id = p_event for key share;
    if not found then
        outcome := 'no_event';
        return;
    end if;
    if v_begins <= clock_timestamp() then
        outcome := 'begun';
        return;
    end if;
    v_wanted := exists (select from waitlist w where w.event_id = p_event);
    if v_wanted then
        -- Before the seat is given back: two who leave at once must not both pass theirs on to the same person.
        perform from events e where e.id = p_event for no key update;
    end if;
    delete from participants p where p.event_id = p_event and p.user_name = p_user;
    if found then
        outcome := 'left';
    else
        delete from waitlist w where w.event_id = p_event and w.user_name = p_user;
        if not found then
            outcome := 'not_joined';
            return;
        end if;
        outcome := 'left_waitlist';
    end if;
    insert into history (event_id, actor, action, user_name) values (p_event, p_actor, outcome, p_user);
    if v_wanted then
        perform promote(p_event);
    end if;
end
$$;

-- Creates an event, once for each key: within 24 hours the same key gets the same answer.
-- An event of the past is told to nobody: it comes from an old list.
--
-- outcome: created; key_reused, with other fields than before; key_in_use, by a request that is under way.
create function create_event(
    p_title text, p_description text, p_event_date timestamptz, p_location text, p_max_participants integer,
    p_organizer text, p_actor text, p_key_owner text, p_key text,
    out outcome text, out id bigint, out created_at timestamptz)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    c_kept constant interval := '24 hours';
    v_event events;
    v_fingerprint bytea;
    v_known idempotency_keys;
begin
    v_event.title := p_title;
    v_event.description := p_description;
    v_event.event_date := p_event_date;
    v_event.location := p_location;
    v_event.max_participants := p_max_participants;
    v_event.organizer := p_organizer;

    if p_key is not null then
        -- Held until the commit. A row that another transaction has not committed yet could not be seen.
        if not pg_try_advisory_xact_lock(hashtextextended(format('%L %L', p_key_owner, p_key), 0)) then
            outcome := 'key_in_use';
            return;
        end if;
        v_fingerprint := sha256(convert_to(event_fields(v_event)::text, 'UTF8'));
        select k.* into v_known
          from idempotency_keys k
         where k.actor = p_key_owner and k.key = p_key and k.created_at > clock_timestamp() - c_kept;
        if found then
            if v_known.fingerprint = v_fingerprint then
                outcome := 'created';
                id := v_known.event_id;
                created_at := v_known.event_created_at;
            else
                outcome := 'key_reused';
            end if;
            return;
        end if;
    end if;

    insert into events (title, description, event_date, location, max_participants, organizer, created_at)
    values (p_title, p_description, p_event_date, p_location, p_max_participants, p_organizer, clock_timestamp())
    returning * into v_event;
    outcome := 'created';
    id := v_event.id;
    created_at := v_event.created_at;
    insert into history (event_id, actor, action, details)
    values (v_event.id, p_actor, 'created', event_fields(v_event));
    if v_event.event_date > clock_timestamp() then
        insert into notifications (event_id, kind, payload)
        values (v_event.id, 'created', event_notice(v_event));
    end if;

    if p_key is not null then
        insert into idempotency_keys (actor, key, fingerprint, event_id, event_created_at, created_at)
        values (p_key_owner, p_key, v_fingerprint, v_event.id, v_event.created_at, clock_timestamp())
        on conflict on constraint idempotency_keys_pkey do update
           set fingerprint = excluded.fingerprint, event_id = excluded.event_id,
               event_created_at = excluded.event_created_at, created_at = excluded.created_at;
        -- Old keys go with the new ones; what somebody else is just removing is left to them.
        delete from idempotency_keys k
         where (k.actor, k.key) in (
               select o.actor, o.key
                 from idempotency_keys o
                where o.created_at <= clock_timestamp() - c_kept
                  for update skip locked);
    end if;
end
$$;

-- Changes an event, and seats those for whom there is room now.
-- Nothing is written, told or noted of a change that changes nothing, so that a repeated request does no harm.
--
-- outcome: changed; below_participants, that is fewer seats than are taken; other_version; not_organizer; no_event.
-- The version of an event is that of its row: joins do not touch it.
-- p_versions: which versions may be changed; null for any.
-- p_may: who must be the organiser, or else nothing is changed; null for anybody. Compared under the lock, because
-- between a look at the event and its change somebody could hand it over.
create function change_event(
    p_event bigint, p_title text, p_description text, p_event_date timestamptz, p_location text,
    p_max_participants integer, p_organizer text, p_actor text, p_versions text[], p_may text default null,
    out outcome text, out version text, out created_at timestamptz, out taken integer, out waiting integer)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_old events;
    v_new events;
    v_changes jsonb;
begin
    select e.* into v_old from events e where e.id = p_event for update;
    if not found then
        outcome := 'no_event';
        return;
    end if;
    if v_old.organizer <> p_may then
        outcome := 'not_organizer';
        return;
    end if;
    select e.xmin::text into version from events e where e.id = p_event;
    if version <> all (p_versions) then
        outcome := 'other_version';
        return;
    end if;
    select count(*) into taken from participants p where p.event_id = p_event;
    -- An event that is too small already, from times when that was allowed, can still be changed otherwise.
    if p_max_participants < least(taken, v_old.max_participants) then
        outcome := 'below_participants';
        return;
    end if;

    v_new := v_old;
    v_new.title := p_title;
    v_new.description := p_description;
    v_new.event_date := p_event_date;
    v_new.location := p_location;
    v_new.max_participants := p_max_participants;
    v_new.organizer := p_organizer;
    v_changes := event_changes(v_old, v_new);
    if v_changes is not null then
        update events e
           set title = p_title, description = p_description, event_date = p_event_date, location = p_location,
               max_participants = p_max_participants, organizer = p_organizer
         where e.id = p_event
        returning e.xmin::text into version;
        insert into history (event_id, actor, action, details) values (p_event, p_actor, 'changed', v_changes);
        if greatest(v_old.event_date, v_new.event_date) > clock_timestamp() then
            insert into notifications (event_id, kind, payload)
            values (p_event, 'changed', event_notice(v_new) || jsonb_build_object('changes', v_changes));
        end if;
    end if;
    perform promote(p_event);

    outcome := 'changed';
    created_at := v_old.created_at;
    select count(*) into taken from participants p where p.event_id = p_event;
    select count(*) into waiting from waitlist w where w.event_id = p_event;
end
$$;

-- Deletes an event, and with it all seats. If it was still to come, that cancels it, and those who had joined are told.
--
-- outcome: deleted; other_version; not_organizer; no_event. The parameters are those of change_event.
create function delete_event(
    p_event bigint, p_actor text, p_versions text[], p_may text default null,
    out outcome text)
language plpgsql volatile
as $$
declare
    v_event events;
    v_version text;
    v_names jsonb;
begin
    select e.* into v_event from events e where e.id = p_event for update;
    if not found then
        outcome := 'no_event';
        return;
    end if;
    if v_event.organizer <> p_may then
        outcome := 'not_organizer';
        return;
    end if;
    select e.xmin::text into v_version from events e where e.id = p_event;
    if v_version <> all (p_versions) then
        outcome := 'other_version';
        return;
    end if;
    if v_event.event_date > clock_timestamp() then
        -- A hundred names are as many as a message can bear.
        select coalesce(jsonb_agg(p.user_name order by p.id), '[]')
          into v_names
          from (select id, user_name from participants where event_id = p_event order by id limit 100) p;
        insert into notifications (event_id, kind, payload)
        values (p_event, 'cancelled', event_notice(v_event) || jsonb_build_object('participants', v_names));
    end if;
    insert into history (event_id, actor, action, details)
    values (p_event, p_actor, 'deleted', event_fields(v_event));
    delete from events e where e.id = p_event;
    outcome := 'deleted';
end
$$;
