//! Which events a list shows, as its address says it.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::frame::{Frame, encode};
use crate::domain::{Filter, Period, When, filter::Words};

/// What the address says. What means nothing is left alone, as people expect of links.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    q: Option<String>,
    show: Option<String>,
    period: Option<String>,
    pub(super) cursor: Option<String>,
}

/// Whose events to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Show {
    #[default]
    All,
    Joined,
    Organised,
}

impl Show {
    pub(super) const ALL: [(&'static str, Self); 3] = [
        ("", Self::All),
        ("joined", Self::Joined),
        ("organised", Self::Organised),
    ];
}

/// Which events to show.
pub(super) struct Search {
    /// The upcoming ones or the past ones.
    pub(super) when: When,
    pub(super) words: String,
    pub(super) show: Show,
    pub(super) period: Period,
}

impl Search {
    pub(super) fn parse(when: When, asked: &Asked) -> Self {
        // Nobody types so much or so odd, and it would only be refused.
        let words = asked.q.iter().flat_map(|q| q.chars());
        let words: String = words.filter(|c| !c.is_control()).take(Words::MAX).collect();
        Self {
            when,
            words: words.trim().to_owned(),
            show: named(&Show::ALL, asked.show.as_deref()),
            period: named(Period::of(when), asked.period.as_deref()),
        }
    }

    pub(super) fn filter(&self, now: DateTime<Utc>, frame: &Frame) -> Filter {
        let (from, to) = self.period.bounds(now, frame.zone);
        let me = |show: Show| frame.name.clone().filter(|_| self.show == show);
        Filter {
            when: self.when,
            from,
            to,
            words: Words::parse(&self.words)
                .ok()
                .filter(|words| !words.as_str().is_empty()),
            user: me(Show::Joined),
            organizer: me(Show::Organised),
        }
    }

    pub(super) fn is_past(&self) -> bool {
        self.when == When::Past
    }

    pub(super) fn is_narrow(&self) -> bool {
        !self.words.is_empty() || self.period != Period::Any
    }

    /// The address of the list with all its events.
    pub(super) fn path(&self) -> &'static str {
        path(self.when)
    }

    /// The address of the same words in the other list.
    pub(super) fn elsewhere(&self) -> String {
        let other = match self.when {
            When::Past => When::Upcoming,
            When::Upcoming | When::All => When::Past,
        };
        address(other, &self.words, Show::All, Period::Any)
    }

    /// The address of this search with another choice of whose events to show.
    pub(super) fn showing(&self, show: &Show) -> String {
        address(self.when, &self.words, *show, self.period)
    }

    /// The address of this search in another period.
    pub(super) fn during(&self, period: &Period) -> String {
        address(self.when, &self.words, self.show, *period)
    }

    /// The address of what follows a page.
    pub(super) fn after(&self, cursor: &str) -> String {
        let address = self.during(&self.period);
        let sign = if address == self.path() { '?' } else { '&' };
        format!("{address}{sign}cursor={cursor}")
    }
}

fn path(when: When) -> &'static str {
    match when {
        When::Past => "/history",
        When::Upcoming | When::All => "/",
    }
}

fn named<T: Copy + Default>(all: &[(&str, T)], name: Option<&str>) -> T {
    let found = all.iter().find(|(known, _)| Some(*known) == name);
    found.map_or_else(T::default, |(_, value)| *value)
}

fn name_of<T: PartialEq>(all: &[(&'static str, T)], value: &T) -> String {
    let found = all.iter().find(|(_, known)| known == value);
    found.map_or("", |(name, _)| name).to_owned()
}

fn address(when: When, words: &str, show: Show, period: Period) -> String {
    let pairs = [
        ("q", encode(words)),
        ("show", name_of(&Show::ALL, &show)),
        ("period", name_of(Period::of(when), &period)),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if query.is_empty() {
        return path(when).to_owned();
    }
    format!("{}?{}", path(when), query.join("&"))
}
