-- Search that is as fast for common words as for rare ones.
--
-- The pairs of a text take 0.2 ms to make, a hundred times as long as the look whether it has a word. So no event
-- that is looked at may have its pairs made, which happened where the events were walked in their order.

-- As before, without `distinct`: the index keeps one of each by itself.
create or replace function bigrams(folded text) returns text[]
language sql immutable strict parallel safe
return array(
    select a || b
      from unnest(string_to_array(folded, null), (string_to_array(folded, null))[2:]) as pair (a, b)
     where a || b !~ '\s');

-- The numbers of the events of a filtered list between two places, both excluded, in the order of the list.
--
-- Words that are common are found by a short walk in the order of the list, which fills the page soon. Only where it
-- does not, the index of pairs is asked: then the words are rare, and so are the events to be sorted.
-- A single character has no pair. It is looked for in all events if it is rare.
create or replace function find_events(
    p_words text, p_user text, p_organizer text,
    p_after timestamptz, p_after_id bigint, p_before timestamptz, p_before_id bigint,
    p_latest_first boolean, p_limit bigint)
returns setof bigint
language plpgsql stable
as $$
declare
    c_walk constant integer := 1000;
    v_words text := fold(p_words);
    v_patterns text[] := search_patterns(v_words);
    v_bigrams text[] := bigrams(v_words);
    v_span text := ' where (s.event_date, s.event_id) > ($1, $2) and (s.event_date, s.event_id) < ($3, $4)';
    v_fits text := '';
    v_order text := case when p_latest_first then ' order by s.event_date desc, s.event_id desc'
                         else ' order by s.event_date, s.event_id' end;
    v_query text;
    v_found bigint[];
begin
    if v_words <> '' then
        v_fits := v_fits || ' and s.folded like all ($5)';
    end if;
    if p_user is not null then
        v_fits := v_fits || ' and exists (
            select from participants p where p.event_id = s.event_id and p.user_name = $7)';
    end if;
    if p_organizer is not null then
        v_fits := v_fits || ' and exists (select from events e where e.id = s.event_id and e.organizer = $8)';
    end if;

    if v_bigrams <> '{}' then
        v_query := 'select array(
            select s.event_id
              from (select * from event_search s' || v_span || v_order || ' limit ' || c_walk || ') s
             where true' || v_fits || v_order || ' limit $9)';
        execute v_query into v_found
            using p_after, p_after_id, p_before, p_before_id, v_patterns, v_bigrams, p_user, p_organizer, p_limit;
        if cardinality(v_found) >= p_limit then
            return query select unnest(v_found);
            return;
        end if;
        v_query := 'with s as materialized (select * from event_search s where bigrams(s.folded) @> $6)
            select s.event_id from s' || v_span || v_fits || v_order || ' limit $9';
    else
        v_query := 'select s.event_id from event_search s' || v_span || v_fits || v_order || ' limit $9';
    end if;
    return query execute v_query
        using p_after, p_after_id, p_before, p_before_id, v_patterns, v_bigrams, p_user, p_organizer, p_limit;
end
$$;
