-- Fills a migrated, empty database with :events events in seconds, as if they had been created one by one.
--
-- Triggers and foreign keys are off, and the index of the words is built at the end. Folding is what takes long
-- otherwise; it goes piece by piece here, and a look at some events makes sure that it comes to the same.
\set ON_ERROR_STOP on
set session_replication_role = replica;
set maintenance_work_mem = '256MB';
begin;
drop index event_search_bigrams_idx;

create temp table piece on commit drop as
select kind, place, text, fold(text) as folded, count(*) over (partition by kind) as choice
  from (values
    ('title', 0, 'Rust 勉強会'), ('title', 1, 'Lunch & Learn: PostgreSQL indexes'), ('title', 2, '新入社員歓迎会'),
    ('title', 3, 'Board game night'), ('title', 4, 'フットサル部 練習会'), ('title', 5, 'AWS コスト削減 LT 大会'),
    ('title', 6, 'English conversation café'), ('title', 7, '部活動説明会'), ('title', 8, '秋の登山 高尾山'),
    ('title', 9, 'UX デザイン勉強会'), ('title', 10, '忘年懇親会'), ('title', 11, 'Incident review reading club'),
    ('line', 0, '手を動かしながら学びます。PC を持参してください。'),
    ('line', 1, '新しい仲間を歓迎する懇親会です。軽食と飲み物を用意します。'),
    ('line', 2, 'Bring your lunch. We look at three slow queries and make them fast.'),
    ('line', 3, '経験は問いません。運動できる服装でお越しください。'),
    ('line', 4, '1 人 5 分の発表です。小さな工夫でも大歓迎です。'),
    ('line', 5, 'Relaxed small talk in English. All levels are welcome.'),
    ('line', 6, '軽音部、写真部、登山部が活動を紹介します。'),
    ('line', 7, 'We read one public post-mortem a month and ask what we would have done.'),
    ('line', 8, '初心者向けのコースをゆっくり歩きます。雨天中止です。'),
    ('line', 9, '社内ツールを題材に、使いやすさを一緒に考えます。'),
    ('line', 10, '参加費は無料です。途中からの参加や退出も自由です。'),
    ('line', 11, '質問は社内チャットの窓口までお寄せください。'),
    ('line', 12, 'Slides and a recording will be shared with everybody afterwards.'),
    ('where', 0, '本社 8F セミナールーム'), ('where', 1, 'Room 501 / Online'), ('where', 2, '本社 2F カフェテリア'),
    ('where', 3, '品川フットサルコート'), ('where', 4, 'オンライン'), ('where', 5, 'Lounge, 3F'),
    ('who', 0, '山田 太郎'), ('who', 1, 'Alice Tan'), ('who', 2, '鈴木 大輔'), ('who', 3, 'Grace Okafor'),
    ('who', 4, '高橋 健一'), ('who', 5, '佐藤 美咲'), ('who', 6, 'Ben Carter')) as p (kind, place, text);

-- A third of the events lies in the past. Of two thousand, one is about the Christmas party.
create temp table made on commit drop as
select n as id, now() + interval '480 days' * ((n * 7919 % :events) / :events::float - 1 / 3.0) as event_date,
       title.text || ' #' || n as title, title.folded || ' #' || n as folded_title,
       concat_ws(e'\n', a.text, b.text, c.text, case when n % 2000 = 7 then 'クリスマス会の案内です。' end) as description,
       concat_ws(e'\n', a.folded, b.folded, c.folded, case when n % 2000 = 7 then 'くりすます会の案内です。' end)
           as folded_description,
       location.text as location, location.folded as folded_location, who.text as organizer, who.folded as folded_organizer
  from generate_series(1, :events) as n
  join piece title on title.kind = 'title' and title.place = n % title.choice
  join piece a on a.kind = 'line' and a.place = n / 12 % a.choice
  join piece b on b.kind = 'line' and b.place = (n / 156 + 5) % b.choice
  join piece c on c.kind = 'line' and c.place = (n + n / 7 + 9) % c.choice
  join piece location on location.kind = 'where' and location.place = n / 3 % location.choice
  join piece who on who.kind = 'who' and who.place = n / 5 % who.choice;

insert into events (id, title, description, event_date, location, max_participants, organizer) overriding system value
select id, title, description, event_date, location, 20, organizer from made;
select setval(pg_get_serial_sequence('events', 'id'), :events);

insert into event_search (event_id, event_date, folded)
select id, event_date, concat_ws(e'\n', folded_title, folded_description, folded_location, folded_organizer) from made;

-- Ten people each on average; with so many events that this would take long, four at most.
insert into participants (event_id, user_name)
select n, 'member-' || (n * 7 + seat) % 100
  from generate_series(1, :events) as n
 cross join lateral generate_series(1, least(n * 11 % 21, 400000 / :events)) as seat;

create index event_search_bigrams_idx on event_search using gin (bigrams(folded)) with (fastupdate = off);
commit;

do $$
begin
    if exists (select from event_search s join events e on e.id = s.event_id
                where e.id % 100 = 7
                  and s.folded <> fold(concat_ws(e'\n', e.title, e.description, e.location, e.organizer))) then
        raise 'the words of the events are not folded as the triggers do it';
    end if;
end
$$;
vacuum analyze;
