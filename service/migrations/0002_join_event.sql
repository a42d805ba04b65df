-- Joins an event without ever overbooking it, in one round trip.
--
-- A statement sees the rows as they were when it began, also after it has waited for a lock.
-- So a lock and a count in one statement count too few and overbook.
-- Inside a volatile function each statement has a snapshot of its own, and the count after the lock is exact.
--
-- The first look takes no lock: "has joined" and "is full" are true at the moment of that look, which is all
-- that such an answer can promise. On a full event the losers then neither queue for the row nor write to it.
create function join_event(p_event bigint, p_user text)
returns table (status integer, participant_id bigint, registered_at timestamptz, taken integer, capacity integer)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_capacity integer;
    v_taken integer;
    v_id bigint;
    v_at timestamptz;
begin
    for v_look in 1..2 loop
        if v_look = 1 then
            select e.max_participants into v_capacity from events e where e.id = p_event;
        else
            -- `no key update` does not block the foreign-key checks of other inserts, as `update` would.
            select e.max_participants into v_capacity from events e where e.id = p_event for no key update;
        end if;
        if not found then
            return query select 404, null::bigint, null::timestamptz, null::integer, null::integer;
            return;
        end if;

        select count(*)::integer,
               max(p.id) filter (where p.user_name = p_user),
               max(p.registered_at) filter (where p.user_name = p_user)
          into v_taken, v_id, v_at
          from participants p
         where p.event_id = p_event;
        if v_id is not null then
            return query select 200, v_id, v_at, v_taken, v_capacity;
            return;
        end if;
        if v_taken >= v_capacity then
            return query select 409, null::bigint, null::timestamptz, v_taken, v_capacity;
            return;
        end if;
    end loop;

    insert into participants (event_id, user_name)
    values (p_event, p_user)
    returning participants.id, participants.registered_at into v_id, v_at;
    return query select 201, v_id, v_at, v_taken + 1, v_capacity;
end
$$;
