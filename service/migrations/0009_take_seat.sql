-- Joining without keeping others waiting for the disk.
--
-- A commit holds its locks until the disk has it, and who joins a popular event holds its row, so that seats were taken
-- one disk write after the other. Here the seat is committed without waiting, which lets the next one go on, and an
-- empty record is committed after it. What waits for the disk then is the record, together with those of everybody
-- else, and a write-ahead log is written in order: once the record is there, so is the seat. As before, nobody is told
-- of a seat that a crash could take away.
--
-- Called on its own, not within a transaction. The outcomes are those of join_event.
create procedure take_seat(
    p_event bigint, p_user text, p_waitlist boolean, p_actor text,
    inout outcome text, inout registered_at timestamptz, inout place integer, inout taken integer,
    inout capacity integer)
language plpgsql
as $$
begin
    select j.outcome, j.registered_at, j.place, j.taken, j.capacity
      into outcome, registered_at, place, taken, capacity
      from join_event(p_event, p_user, p_waitlist, p_actor) j;
    if outcome in ('joined', 'waitlisted') then
        perform set_config('synchronous_commit', 'off', true);
        commit;
    end if;
    -- What was found may be so new that its record is still on the way.
    if outcome in ('joined', 'waitlisted', 'already_joined', 'waiting') then
        perform pg_logical_emit_message(true, 'take_seat', '');
    end if;
end
$$;
