-- Creating and changing an event, with what its answer shows of it: the version, and who has joined or waits.
-- An answer can then have the tag that a reader of the event would get at that moment, and a client need not read
-- before it writes again.

-- As create_event. The version is that which the first request of this key has made: its row and that of the event were
-- written in the same transaction, and so have the same xmin.
create function create_event_shown(
    p_title text, p_description text, p_event_date timestamptz, p_location text, p_max_participants integer,
    p_organizer text, p_actor text, p_key_owner text, p_key text,
    out outcome text, out id bigint, out created_at timestamptz, out version text)
language plpgsql volatile
as $$
begin
    select c.outcome, c.id, c.created_at
      into outcome, id, created_at
      from create_event(p_title, p_description, p_event_date, p_location, p_max_participants, p_organizer, p_actor,
                        p_key_owner, p_key) c;
    version := coalesce(
        (select k.xmin::text from idempotency_keys k where k.actor = p_key_owner and k.key = p_key),
        (select e.xmin::text from events e where e.id = create_event_shown.id));
end
$$;

-- As change_event, with the people in the order in which they came. The event stays locked until the commit, so that
-- nobody comes between the change and the look.
create function change_event_shown(
    p_event bigint, p_title text, p_description text, p_event_date timestamptz, p_location text,
    p_max_participants integer, p_organizer text, p_actor text, p_versions text[], p_may text,
    out outcome text, out version text, out created_at timestamptz, out taken integer,
    out participants json, out waitlist json)
language plpgsql volatile
as $$
begin
    select c.outcome, c.version, c.created_at, c.taken
      into outcome, version, created_at, taken
      from change_event(p_event, p_title, p_description, p_event_date, p_location, p_max_participants, p_organizer,
                        p_actor, p_versions, p_may) c;
    select coalesce(json_agg(json_build_object('user_name', p.user_name, 'registered_at', p.registered_at)
                             order by p.id), '[]')
      into participants
      from participants p
     where p.event_id = p_event;
    select coalesce(json_agg(json_build_object('user_name', q.user_name, 'registered_at', q.registered_at,
                                               'position', q.position) order by q.position), '[]')
      into waitlist
      from (select w.user_name, w.registered_at, row_number() over (order by w.id) as position
              from waitlist w
             where w.event_id = p_event) q;
end
$$;
