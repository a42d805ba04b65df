-- Search and filtered lists.
--
-- A word is found anywhere in the text, as Japanese needs it. What is searched is folded once, when it is written:
-- folding while searching would take 0.2 ms an event.

-- Text as it is compared: NFKC (half-width kana, full-width letters), lower case, katakana as hiragana.
-- The only place that folds, for events and for what is searched for alike.
create function fold(raw text) returns text
language sql immutable strict parallel safe
return translate(lower(normalize(raw, nfkc)),
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶヽヾ',
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖゝゞ');

-- The pairs of neighbouring characters, without those that span white space. A text without the pairs of a word
-- does not have the word, so an index of them finds rare words without reading every event.
create function bigrams(folded text) returns text[]
language sql immutable strict parallel safe
return array(
    select distinct a || b
      from unnest(string_to_array(folded, null), (string_to_array(folded, null))[2:]) as pair (a, b)
     where a || b !~ '\s');

-- Patterns for `like all`: each word anywhere, taken literally. An empty word, as between two spaces, is anywhere.
create function search_patterns(folded text) returns text[]
language sql immutable strict parallel safe
return array(
    select '%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%'
      from regexp_split_to_table(folded, '\s+') as word);

-- What is searched of an event, and its place in the order of lists.
create table event_search (
    event_id bigint constraint event_search_pkey primary key
        constraint event_search_event_id_fkey references events (id) on delete cascade,
    event_date timestamptz not null,
    folded text not null
);

create function keep_event_search() returns trigger
language plpgsql
as $$
begin
    insert into event_search (event_id, event_date, folded)
    values (new.id, new.event_date,
            fold(concat_ws(e'\n', new.title, new.description, new.location, new.organizer)))
    on conflict (event_id) do update set event_date = excluded.event_date, folded = excluded.folded;
    return null;
end
$$;

-- A trigger, because the version of the service before this one writes events too while a deployment rolls.
create trigger events_keep_search
    after insert or update of title, description, event_date, location, organizer on events
    for each row execute function keep_event_search();

insert into event_search (event_id, event_date, folded)
select id, event_date, fold(concat_ws(e'\n', title, description, location, organizer)) from events;

create index event_search_event_date_event_id_idx on event_search (event_date, event_id);
-- Without `fastupdate`: otherwise a search would read a list of what is not in the index yet.
create index event_search_bigrams_idx on event_search using gin (bigrams(folded)) with (fastupdate = off);
create index participants_user_name_event_id_idx on participants (user_name, event_id);

-- The numbers of the events of a filtered list between two places, both excluded, in the order of the list.
--
-- The query is put together from constant pieces and planned for the values at hand: whether to walk the events in
-- their order or to gather those with a word depends on how frequent the word is.
create function find_events(
    p_words text, p_user text, p_organizer text,
    p_after timestamptz, p_after_id bigint, p_before timestamptz, p_before_id bigint,
    p_latest_first boolean, p_limit bigint)
returns setof bigint
language plpgsql stable
as $$
declare
    v_words text := fold(p_words);
    v_bigrams text[] := bigrams(v_words);
    v_query text := 'select s.event_id from event_search s
                      where (s.event_date, s.event_id) > ($1, $2) and (s.event_date, s.event_id) < ($3, $4)';
begin
    if v_words <> '' then
        v_query := v_query || ' and s.folded like all ($5)';
    end if;
    if v_bigrams <> '{}' then
        v_query := v_query || ' and bigrams(s.folded) @> $6';
    end if;
    if p_user is not null then
        v_query := v_query || ' and exists (
            select from participants p where p.event_id = s.event_id and p.user_name = $7)';
    end if;
    if p_organizer is not null then
        v_query := v_query || ' and exists (select from events e where e.id = s.event_id and e.organizer = $8)';
    end if;
    if p_latest_first then
        v_query := v_query || ' order by s.event_date desc, s.event_id desc limit $9';
    else
        v_query := v_query || ' order by s.event_date, s.event_id limit $9';
    end if;
    return query execute v_query
        using p_after, p_after_id, p_before, p_before_id,
              search_patterns(v_words), v_bigrams, p_user, p_organizer, p_limit;
end
$$;

-- The key that signs cursors, made here and known to nobody else, so that all tasks agree without a secret to manage.
create table cursor_key (
    the_only_one boolean constraint cursor_key_pkey primary key default true
        constraint cursor_key_one_row check (the_only_one),
    key bytea not null
);
insert into cursor_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
