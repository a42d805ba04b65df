//! Sample events: the same every time, except that their dates are relative to now.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Asia::Tokyo;

/// A sample event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its title, which no other sample has.
    pub title: String,
    /// What it is about.
    pub description: &'static str,
    /// When it begins.
    pub event_date: DateTime<Utc>,
    /// Where it takes place.
    pub location: &'static str,
    /// How many can take part.
    pub max_participants: i32,
    /// Who organises it.
    pub organizer: &'static str,
    /// How many of [`PEOPLE`] have joined.
    pub participants: i32,
}

/// People who join sample events.
pub const PEOPLE: [&str; 20] = [
    "佐藤 美咲",
    "Alice Tan",
    "鈴木 大輔",
    "田中 優子",
    "Ben Carter",
    "高橋 健一",
    "伊藤 さくら",
    "Chen Wei",
    "渡辺 翔",
    "山本 愛",
    "Daniel Kim",
    "中村 拓也",
    "小林 真由",
    "Elena Rossi",
    "加藤 隆",
    "吉田 遥",
    "Farid Rahman",
    "山田 太郎",
    "佐々木 涼",
    "Grace Okafor",
];

struct Kind {
    title: &'static str,
    description: &'static str,
    location: &'static str,
    max_participants: i32,
    hour: u32,
}

const KINDS: [Kind; 12] = [
    Kind {
        title: "Rust 勉強会",
        description: "所有権と借用を、手を動かしながら学びます。\nPC を持参してください。初心者歓迎です。",
        location: "本社 8F セミナールーム",
        max_participants: 20,
        hour: 19,
    },
    Kind {
        title: "Lunch & Learn: PostgreSQL indexes",
        description: "Bring your lunch. We look at three slow queries and make them fast.",
        location: "Room 501 / Online",
        max_participants: 30,
        hour: 12,
    },
    Kind {
        title: "新入社員歓迎会",
        description: "新しい仲間を歓迎する懇親会です。軽食と飲み物を用意します。",
        location: "本社 2F カフェテリア",
        max_participants: 60,
        hour: 18,
    },
    Kind {
        title: "Board game night",
        description: "Catan, Dominion and whatever you bring along. No experience needed.",
        location: "Lounge, 3F",
        max_participants: 12,
        hour: 18,
    },
    Kind {
        title: "フットサル部 練習会",
        description: "経験は問いません。運動できる服装でお越しください。",
        location: "品川フットサルコート",
        max_participants: 14,
        hour: 10,
    },
    Kind {
        title: "AWS コスト削減 LT 大会",
        description: "1 人 5 分の LT です。小さな工夫でも大歓迎です。",
        location: "オンライン",
        max_participants: 100,
        hour: 17,
    },
    Kind {
        title: "English conversation café",
        description: "Relaxed small talk in English. All levels are welcome.",
        location: "Cafeteria, 2F",
        max_participants: 10,
        hour: 12,
    },
    Kind {
        title: "部活動説明会",
        description: "軽音部、写真部、登山部が活動を紹介します。",
        location: "本社 8F セミナールーム",
        max_participants: 40,
        hour: 17,
    },
    Kind {
        title: "Incident review reading club",
        description: "We read one public post-mortem a month and ask what we would have done.",
        location: "Online",
        max_participants: 15,
        hour: 16,
    },
    Kind {
        title: "秋の登山 高尾山",
        description: "初心者向けのコースをゆっくり歩きます。雨天中止です。",
        location: "高尾山口駅 改札前",
        max_participants: 8,
        hour: 9,
    },
    Kind {
        title: "UX デザイン勉強会",
        description: "社内ツールを題材に、使いやすさを一緒に考えます。",
        location: "本社 5F 会議室 A",
        max_participants: 16,
        hour: 19,
    },
    Kind {
        title: "Year-round photo walk",
        description: "We walk around Yanaka and take pictures. Any camera will do.",
        location: "Nippori station, west exit",
        max_participants: 10,
        hour: 14,
    },
];

const ORGANIZERS: [&str; 5] = [
    "山田 太郎",
    "Alice Tan",
    "鈴木 大輔",
    "Grace Okafor",
    "高橋 健一",
];

/// Makes `count` sample events around `now`: of three, two are upcoming and one is past.
pub fn events(count: u32, now: DateTime<Utc>) -> Vec<Sample> {
    (0..count).map(|index| event(index, now)).collect()
}

fn event(index: u32, now: DateTime<Utc>) -> Sample {
    let kinds = KINDS.len() as u32;
    let kind = &KINDS[(index % kinds) as usize];
    let edition = index / kinds + 1;
    let title = if edition == 1 {
        kind.title.to_owned()
    } else {
        format!("{} #{edition}", kind.title)
    };

    let today = now.with_timezone(&Tokyo).date_naive();
    // Steps of five days within half a year spread the events and keep the hour of each plausible.
    let day = if index % 3 == 2 {
        today - Days::new(u64::from(3 + index * 5 % 180))
    } else {
        today + Days::new(u64::from(1 + index * 5 % 180))
    };
    let begins = day.and_time(NaiveTime::from_hms_opt(kind.hour, 0, 0).unwrap_or_default());
    // Tokyo has no daylight saving time, so every local time exists once.
    let event_date = Tokyo
        .from_local_datetime(&begins)
        .single()
        .map_or(now, |time| time.to_utc());

    let people = PEOPLE.len() as i32;
    // A stride that shares no factor with the range varies the numbers; the smaller events fill up.
    let wanted = ((index + 1) * 11 % 23) as i32;
    Sample {
        title,
        description: kind.description,
        event_date,
        location: kind.location,
        max_participants: kind.max_participants,
        organizer: ORGANIZERS[index as usize % ORGANIZERS.len()],
        participants: wanted.min(people).min(kind.max_participants),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn samples_are_distinct_and_fit_the_rules_of_the_domain() {
        use crate::domain::{
            Capacity, UserName,
            draft::{Description, EventDate, Location, Title},
        };
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let samples = events(500, now);
        assert_eq!(samples, events(500, now), "the same every time");
        let titles: HashSet<_> = samples.iter().map(|sample| &sample.title).collect();
        assert_eq!(titles.len(), samples.len());
        for sample in &samples {
            assert_eq!(Title::parse(&sample.title).unwrap().as_str(), sample.title);
            assert!(
                Description::parse(sample.description).is_ok()
                    && Location::parse(sample.location).is_ok()
            );
            assert!(UserName::parse(sample.organizer).is_ok());
            assert!(Capacity::parse(sample.max_participants.into()).is_ok());
            assert!(EventDate::parse(&sample.event_date.to_rfc3339()).is_ok());
            assert!(sample.participants <= sample.max_participants);
        }
    }

    #[test]
    fn samples_are_past_and_upcoming_and_some_are_full() {
        let now = "2026-11-22T14:59:00Z".parse().unwrap();
        let samples = events(24, now);
        assert_eq!(
            samples
                .iter()
                .filter(|sample| sample.event_date < now)
                .count(),
            8
        );
        assert!(
            samples
                .iter()
                .any(|sample| sample.participants == sample.max_participants)
        );
        assert!(samples.iter().any(|sample| sample.participants == 0));
    }
}
