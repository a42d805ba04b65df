//! What a rule is: words, and the class that they mean.

use super::{Confidence, Place};

/// Words that mean a class. Words are in normal form; `|` parts words of which one suffices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) class: &'static str,
    pub(super) kind: Kind,
    /// One word of each group must occur.
    pub(super) all: &'static [&'static str],
    /// None of these may occur.
    pub(super) unless: &'static str,
    /// Where the message may have been said; anywhere, if empty.
    pub(super) places: &'static [Place],
    /// Decides before the length of the words does.
    pub(super) rank: u8,
    pub(super) confidence: Confidence,
    pub(super) supports: &'static [&'static str],
    pub(super) refutes: &'static [&'static str],
}

/// What a rule leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fault,
    /// A normal event: never a fault.
    Normal,
    /// Says nothing about the cause, only for or against other classes.
    Fact,
}

/// Words that mean a fault, likely unless said otherwise.
pub(super) const fn fault(class: &'static str, all: &'static [&'static str]) -> Rule {
    Rule {
        class,
        kind: Kind::Fault,
        all,
        unless: "",
        places: &[],
        rank: 2,
        confidence: Confidence::Likely,
        supports: &[],
        refutes: &[],
    }
}

/// Words that mean a normal event.
pub(super) const fn normal(class: &'static str, all: &'static [&'static str]) -> Rule {
    Rule {
        kind: Kind::Normal,
        rank: 4,
        confidence: Confidence::Certain,
        ..fault(class, all)
    }
}

/// Words that prove or refute classes, whatever else the message means.
pub(super) const fn fact(all: &'static [&'static str]) -> Rule {
    Rule {
        kind: Kind::Fact,
        ..fault("", all)
    }
}

impl Rule {
    /// The message names the cause itself.
    pub(super) const fn certain(self) -> Self {
        Self {
            confidence: Confidence::Certain,
            ..self
        }
    }

    /// Other causes are said in the same words.
    pub(super) const fn possible(self) -> Self {
        Self {
            confidence: Confidence::Possible,
            ..self
        }
    }

    /// Gives way to every rule that says more.
    pub(super) const fn weak(self) -> Self {
        Self { rank: 1, ..self }
    }

    /// A symptom or a wrapper around another message: the last resort.
    pub(super) const fn last(self) -> Self {
        Self { rank: 0, ..self }
    }

    /// Decides even where longer words of other rules occur.
    pub(super) const fn strong(self) -> Self {
        Self { rank: 3, ..self }
    }

    pub(super) const fn unless(self, unless: &'static str) -> Self {
        Self { unless, ..self }
    }

    pub(super) const fn only(self, places: &'static [Place]) -> Self {
        Self { places, ..self }
    }

    pub(super) const fn supports(self, supports: &'static [&'static str]) -> Self {
        Self { supports, ..self }
    }

    pub(super) const fn refutes(self, refutes: &'static [&'static str]) -> Self {
        Self { refutes, ..self }
    }
}
