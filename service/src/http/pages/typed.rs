//! What somebody types into the form of an event, right or wrong.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::domain::{
    Capacity, Event, EventDraft, Invalid, Reason, Text, UserName, draft::EventDate,
};

/// The fields of the form, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) title: String,
    pub(super) date: String,
    pub(super) time: String,
    pub(super) location: String,
    pub(super) max_participants: String,
    pub(super) description: String,
    pub(super) organizer: String,
}

impl Typed {
    /// What the form of a new event begins with: in a week, in the evening, and enough seats for a room.
    pub(super) fn fresh(now: DateTime<Utc>, zone: Tz, organizer: &str) -> Self {
        let day = now.with_timezone(&zone).date_naive() + Days::new(7);
        Self {
            date: day.to_string(),
            time: "19:00".to_owned(),
            max_participants: "20".to_owned(),
            organizer: organizer.to_owned(),
            ..Self::default()
        }
    }

    /// What the form of an event begins with that there is already.
    pub(super) fn of(event: &Event, zone: Tz) -> Self {
        let begins = event.event_date.with_timezone(&zone);
        Self {
            title: event.title.clone(),
            date: begins.date_naive().to_string(),
            time: begins.format("%H:%M").to_string(),
            location: event.location.clone(),
            max_participants: event.max_participants.to_string(),
            description: event.description.clone(),
            organizer: event.organizer.clone(),
        }
    }

    /// The same event again, a week from now and by somebody else.
    pub(super) fn again(self, now: DateTime<Utc>, zone: Tz, organizer: &str) -> Self {
        let fresh = Self::fresh(now, zone, organizer);
        Self {
            date: fresh.date,
            organizer: fresh.organizer,
            ..self
        }
    }

    /// The draft, or all that is wrong with it.
    pub(super) fn parse(&self, zone: Tz) -> Result<EventDraft, Vec<Invalid>> {
        let mut invalid = Vec::new();
        let mut refuse = |field, reason| invalid.push(Invalid::new(field, reason));
        macro_rules! read {
            ($field:literal, $parsed:expr) => {
                $parsed.map_err(|reason| refuse($field, reason)).ok()
            };
        }
        let title = read!("title", Text::parse(&self.title));
        let date = read!("date", day(&self.date));
        let time = read!("time", clock(&self.time));
        let event_date = date.zip(time).and_then(|(date, time)| {
            let begins = zone.from_local_datetime(&date.and_time(time)).earliest();
            let begins = begins.ok_or(Reason::ClockSkips);
            read!("time", begins)
                .and_then(|begins| read!("date", EventDate::parse(&begins.to_utc().to_rfc3339())))
        });
        let location = read!("location", Text::parse(&self.location));
        let seats = read!("max_participants", seats(&self.max_participants));
        // Browsers send both characters of a line end that their reader has never typed.
        let description = read!(
            "description",
            Text::parse(&self.description.replace("\r\n", "\n"))
        );
        let organizer = read!("organizer", UserName::parse(&self.organizer));
        match (title, event_date, location, seats, description, organizer) {
            (
                Some(title),
                Some(event_date),
                Some(location),
                Some(max_participants),
                Some(description),
                Some(organizer),
            ) => Ok(EventDraft {
                title,
                description,
                event_date,
                location,
                max_participants,
                organizer,
            }),
            _ => Err(invalid),
        }
    }
}

fn day(raw: &str) -> Result<NaiveDate, Reason> {
    narrow(raw).parse().map_err(|_| Reason::NotDay)
}

fn clock(raw: &str) -> Result<NaiveTime, Reason> {
    let raw = narrow(raw);
    let parsed = NaiveTime::parse_from_str(&raw, "%H:%M");
    parsed
        .or_else(|_| NaiveTime::parse_from_str(&raw, "%H:%M:%S"))
        .map_err(|_| Reason::NotClock)
}

fn seats(raw: &str) -> Result<Capacity, Reason> {
    let number: i64 = narrow(raw).parse().map_err(|_| Reason::NotInteger)?;
    Capacity::parse(number)
}

/// Full-width digits and signs, as Japanese keyboards give them, as their plain forms.
fn narrow(raw: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    raw.trim().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::New_York, Asia::Tokyo};

    use super::*;

    fn typed() -> Typed {
        Typed {
            title: "勉強会".to_owned(),
            ..Typed::fresh("2026-11-22T15:30:00Z".parse().unwrap(), Tokyo, "Aki")
        }
    }

    fn wrong(typed: &Typed, zone: Tz) -> Vec<String> {
        let invalid = typed.parse(zone).err().unwrap_or_default();
        invalid.into_iter().map(|invalid| invalid.field).collect()
    }

    #[test]
    fn a_form_begins_with_a_week_from_today_in_the_evening() {
        let draft = typed().parse(Tokyo).unwrap();
        assert_eq!(
            draft.event_date.get().to_rfc3339(),
            "2026-11-30T10:00:00+00:00"
        );
        let event = Event::new(7, &draft, Utc::now(), 0, 0);
        assert_eq!(Typed::of(&event, Tokyo), typed());
        let again =
            Typed::of(&event, Tokyo).again("2027-01-01T00:00:00Z".parse().unwrap(), Tokyo, "Ben");
        assert_eq!(
            (
                again.date.as_str(),
                again.organizer.as_str(),
                again.title.as_str()
            ),
            ("2027-01-08", "Ben", "勉強会")
        );
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let odd = Typed {
            title: " ".into(),
            date: "tomorrow".into(),
            time: "25:00".into(),
            max_participants: "0".into(),
            organizer: "a\0".into(),
            ..typed()
        };
        assert_eq!(
            wrong(&odd, Tokyo),
            ["title", "date", "time", "max_participants", "organizer"]
        );
        let late = Typed {
            date: "2400-01-01".into(),
            ..typed()
        };
        assert_eq!(wrong(&late, Tokyo), ["date"]);
        // Clocks are put forward from two to three.
        let skipped = Typed {
            date: "2026-03-08".into(),
            time: "02:30".into(),
            ..typed()
        };
        assert_eq!(wrong(&skipped, New_York), ["time"]);
        assert!(skipped.parse(Tokyo).is_ok());
    }

    #[test]
    fn full_width_digits_and_the_line_ends_of_browsers_are_understood() {
        let wide = Typed {
            date: "２０２６-１２-０４".into(),
            time: "１９：３０".into(),
            max_participants: " １２ ".into(),
            description: "a\r\nb".into(),
            ..typed()
        };
        let draft = wide.parse(Tokyo).unwrap();
        assert_eq!(
            draft.event_date.get().to_rfc3339(),
            "2026-12-04T10:30:00+00:00"
        );
        assert_eq!(
            (draft.max_participants.get(), draft.description.as_str()),
            (12, "a\nb")
        );
    }
}
