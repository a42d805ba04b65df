-- Leaving without waiting in a circle.
--
-- Who had locked the event for key share and then saw that somebody waits asked for a stronger lock while holding the
-- weak one. PostgreSQL lets such a one pass those who queue for the row, but not always: in rare moments it queued
-- behind one who was about to begin to wait and so waited for the weak lock to go, a deadlock. Here no lock is made
-- stronger: who sees somebody waiting under the weak lock first gives it up, by rolling back to before it.
create or replace function leave_event(p_event bigint, p_user text, p_actor text, out outcome text)
language plpgsql volatile
as $$
declare
    v_begins timestamptz;
    v_wanted boolean;
begin
    v_wanted := exists (select from waitlist w where w.event_id = p_event);
    if not v_wanted then
        begin
            select e.event_date into v_begins from events e where e.id = p_event for key share;
            -- Only this look counts: whoever began to wait before the lock was given has committed.
            if exists (select from waitlist w where w.event_id = p_event) then
                raise sqlstate 'EV001';
            end if;
        exception when sqlstate 'EV001' then
            v_wanted := true;
        end;
    end if;
    if v_wanted then
        -- Before the seat is given back: two who leave at once must not both pass theirs on to the same person.
        select e.event_date into v_begins from events e where e.id = p_event for no key update;
    end if;
    if v_begins is null then
        outcome := 'no_event';
        return;
    end if;
    if v_begins <= clock_timestamp() then
        outcome := 'begun';
        return;
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
