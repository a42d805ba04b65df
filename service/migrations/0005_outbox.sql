-- Delivery of the notifications: at a pace that the receiver bears, in order, and without chatter.

-- When the next message may be sent, by whichever task. One row.
create table outbox_pace (
    the_only_one boolean constraint outbox_pace_pkey primary key default true
        constraint outbox_pace_one_row check (the_only_one),
    next_at timestamptz not null default '-infinity'
);

insert into outbox_pace default values;

-- What is still to be told of an event, in order.
create index notifications_event_id_id_idx on notifications (event_id, id) where delivered_at is null;

-- Keeps together what belongs together, as long as nobody has tried to deliver it.
-- The event is locked by whoever tells of it, except for reminders, which are left alone here.
--
-- changed: told half a minute later; further changes until then go into the same message and give it another half
--          minute, two minutes at most. Changes that cancel each other out are not told.
-- promoted: all who are promoted together are named in one message.
-- cancelled: of an event that is gone, nobody need know what was changed before.
create function gather_notification() returns trigger
language plpgsql volatile
as $$
declare
    c_quiet constant interval := '30 seconds';
    c_longest constant interval := '2 minutes';
    v_before notifications;
    v_changes jsonb;
begin
    if new.kind = 'cancelled' then
        delete from notifications n
         where n.event_id = new.event_id and n.delivered_at is null and n.attempts = 0
           and n.kind in ('changed', 'reminder');
        return new;
    end if;
    if new.kind = 'changed' then
        new.due_at := clock_timestamp() + c_quiet;
    end if;

    select n.* into v_before
      from notifications n
     where n.event_id = new.event_id and n.delivered_at is null and n.attempts = 0 and n.kind = new.kind
       and n.created_at > clock_timestamp() - c_longest
     order by n.id desc
     limit 1
       for update;
    if not found then
        return new;
    end if;
    if new.kind = 'promoted' then
        update notifications n
           set payload = jsonb_set(n.payload, '{others}',
                   coalesce(n.payload -> 'others', '[]') || jsonb_build_array(new.payload -> 'user_name'))
         where n.id = v_before.id;
        return null;
    end if;

    select jsonb_object_agg(key, jsonb_build_object('from', coalesce(o.value, n.value) -> 'from',
                                                    'to', coalesce(n.value, o.value) -> 'to'))
      into v_changes
      from jsonb_each(v_before.payload -> 'changes') o
      full join jsonb_each(new.payload -> 'changes') n using (key)
     where coalesce(o.value, n.value) -> 'from' <> coalesce(n.value, o.value) -> 'to';
    if v_changes is null then
        delete from notifications n where n.id = v_before.id;
    else
        update notifications n
           set payload = new.payload || jsonb_build_object('changes', v_changes),
               due_at = least(new.due_at, n.created_at + c_longest)
         where n.id = v_before.id;
    end if;
    return null;
end
$$;

create trigger notifications_gather
    before insert on notifications
    for each row when (new.kind in ('changed', 'promoted', 'cancelled'))
    execute function gather_notification();
