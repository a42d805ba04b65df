//! Events as other calendars read them: iCalendar (RFC 5545), for Google Calendar, Outlook and Apple's.
//!
//! - Times are in UTC, which every calendar shows on the clocks of its reader; a zone would need its rules beside it.
//! - There is no `METHOD` and no `ORGANIZER`: both belong to invitations, and Outlook would ask for an answer to one.
//!   Without a method, `DTSTAMP` is the time of the last change, so that what has not changed is the same each time.
//! - There are no alarms: when to be reminded is for the reader's own calendar to say.
//! - The service keeps no end of an event. Without one, calendars guess, or show a line without height; so it is an
//!   hour.

use chrono::{TimeDelta, Utc};
use chrono_tz::Tz;
use icalendar::{Component as _, Event, EventLike as _, EventStatus, Property};

use crate::domain::{Language, calendar::Entry};

/// How often calendars should look for news. They decide that themselves: Google takes up to a day.
const REFRESH: TimeDelta = TimeDelta::hours(1);
const LENGTH: TimeDelta = TimeDelta::hours(1);
/// How many characters of a description a feed has. The whole is at the address of the event.
const EXCERPT: usize = 500;

/// What a calendar is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// One event, for somebody who takes it over into their own calendar.
    OneEvent,
    /// All events, to be looked at: they keep nobody busy.
    AllEvents,
    /// The events of one person, who is busy then.
    OwnEvents,
}

/// How a calendar is written.
#[derive(Debug, Clone)]
pub struct Style {
    /// What it is for.
    pub purpose: Purpose,
    /// The language of what is added to the words of the events.
    pub language: Language,
    /// The address that the pages begin with.
    pub pages: String,
    /// The time zone of the company, in which a calendar may show an empty day.
    pub zone: Tz,
}

impl Style {
    /// Writes the calendar.
    pub fn write(&self, entries: &[Entry]) -> String {
        let mut calendar = icalendar::Calendar::empty();
        calendar.append_property(("VERSION", "2.0"));
        calendar.append_property(("PRODID", "-//Company events//service//EN"));
        calendar.append_property(("CALSCALE", "GREGORIAN"));
        if let Some(name) = self.name() {
            calendar.name(name);
            calendar.append_property(("X-WR-TIMEZONE", self.zone.name()));
            calendar.ttl(&REFRESH);
        }
        calendar.extend(entries.iter().map(|entry| self.event(entry)));
        calendar.to_string()
    }

    /// What a feed is called until its reader gives it another name.
    fn name(&self) -> Option<&'static str> {
        match self.purpose {
            Purpose::OneEvent => None,
            Purpose::AllEvents => Some(self.language.pick("Company events", "社内イベント")),
            Purpose::OwnEvents => Some(
                self.language
                    .pick("My company events", "社内イベント（自分の予定）"),
            ),
        }
    }

    fn event(&self, entry: &Entry) -> Event {
        let (status, busy) = match self.purpose {
            _ if entry.cancelled => (EventStatus::Cancelled, "FREE"),
            Purpose::OwnEvents if entry.waiting => (EventStatus::Tentative, "TENTATIVE"),
            Purpose::AllEvents => (EventStatus::Confirmed, "FREE"),
            Purpose::OneEvent | Purpose::OwnEvents => (EventStatus::Confirmed, "BUSY"),
        };
        let (begins, address) = (entry.event_date, self.address(entry));
        let mut event = Event::with_uid(&entry.uid);
        event
            .timestamp(entry.changed_at)
            .last_modified(entry.changed_at)
            .sequence(u32::try_from(entry.revision).unwrap_or(0))
            .starts::<chrono::DateTime<Utc>>(begins)
            .ends(begins + LENGTH)
            .summary(&lines(&self.summary(entry)))
            .description(&lines(&self.description(entry, &address)))
            .url(&address)
            .status(status)
            .append_property(Property::new(
                "TRANSP",
                if busy == "FREE" {
                    "TRANSPARENT"
                } else {
                    "OPAQUE"
                },
            ))
            // What Outlook goes by, which knows more than busy and free.
            .append_property(Property::new("X-MICROSOFT-CDO-BUSYSTATUS", busy));
        if !entry.location.is_empty() {
            event.location(&lines(&entry.location));
        }
        event.done()
    }

    fn address(&self, entry: &Entry) -> String {
        format!("{}/events/{}", self.pages, entry.id)
    }

    /// The title, with what not every calendar makes of the status.
    fn summary(&self, entry: &Entry) -> String {
        let title = &entry.title;
        if entry.cancelled {
            return self
                .language
                .pick(format!("Cancelled: {title}"), format!("【中止】{title}"));
        }
        if entry.waiting && self.purpose == Purpose::OwnEvents {
            return self.language.pick(
                format!("Waitlist: {title}"),
                format!("【キャンセル待ち】{title}"),
            );
        }
        title.clone()
    }

    fn description(&self, entry: &Entry, address: &str) -> String {
        let description = &entry.description;
        let mut text = match (self.purpose, description.char_indices().nth(EXCERPT)) {
            (Purpose::AllEvents | Purpose::OwnEvents, Some((end, _))) => {
                format!("{}…\n\n", &description[..end])
            }
            _ if description.is_empty() => String::new(),
            _ => format!("{description}\n\n"),
        };
        let organizer = &entry.organizer;
        text += &self.language.pick(
            format!("Organiser: {organizer}"),
            format!("主催: {organizer}"),
        );
        // The page of a cancelled event is gone.
        if !entry.cancelled {
            text += "\n";
            text += address;
        }
        text
    }
}

/// A text with line ends that all readers take for such, and nothing else that one of them could.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
}

#[cfg(test)]
mod tests;
