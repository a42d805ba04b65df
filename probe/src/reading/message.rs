//! Reads one message: which class of the corpus it means, and which it makes likelier or impossible.

use clap::ValueEnum;

use super::{
    book::BOOK,
    normal_form::normal_form,
    object,
    rule::{Kind, Rule},
};

/// Where a message was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Place {
    /// `stoppedReason` of a task.
    #[value(name = "stoppedReason")]
    StoppedReason,
    /// `reason` of a container.
    #[value(name = "containerReason")]
    ContainerReason,
    /// An event of an ECS service.
    #[value(name = "serviceEvent")]
    ServiceEvent,
    /// Reason and description of a target's health.
    #[value(name = "targetHealth")]
    TargetHealth,
    /// A line of an application's or a database's log.
    #[value(name = "appLog")]
    AppLog,
    /// An event of a CloudFormation stack, or the answer to an API call that changes something.
    #[value(name = "cfnEvent")]
    CfnEvent,
}

/// What a message means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A normal event, of this class.
    Normal(&'static str),
    /// A fault, of this class.
    Fault(&'static str),
    /// Nothing that is known.
    Unrecognised,
}

/// How sure a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Other classes are said in the same words; also when nothing was recognised.
    Possible,
    /// The words fit this class best.
    Likely,
    /// The message names the cause itself.
    Certain,
}

impl Confidence {
    /// The word in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What one message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it means.
    pub meaning: Meaning,
    /// How sure that is.
    pub confidence: Confidence,
    /// Other classes that it makes likelier, sorted.
    pub supports: Vec<&'static str>,
    /// Classes that it makes impossible, sorted.
    pub refutes: Vec<&'static str>,
    /// What it names: a JSON key, a role, an image, a host, a log group.
    pub object: Option<String>,
}

impl Reading {
    /// The class of the fault, if it is one.
    pub fn fault(&self) -> Option<&'static str> {
        match self.meaning {
            Meaning::Fault(class) => Some(class),
            Meaning::Normal(_) | Meaning::Unrecognised => None,
        }
    }
}

/// Reads a message on its own.
pub fn classify(text: &str, place: Option<Place>) -> Reading {
    let (hits, marks) = BOOK.read(&normal_form(text), place);
    conclude(text, &hits, &marks, place)
}

/// The most telling rule decides; the others that fit are likelier for it.
fn conclude(text: &str, hits: &[(&Rule, usize)], marks: &[&str], place: Option<Place>) -> Reading {
    let is_log = place.is_none_or(|place| place == Place::AppLog);
    let quiet = is_log && (marks.contains(&"{quiet}") || marks.contains(&"{status-ok}"));
    let counts = |rule: &Rule| {
        rule.kind == Kind::Normal
            || rule.kind == Kind::Fault
                && !(quiet && (rule.rank < 3 || rule.confidence < Confidence::Certain))
    };
    let best = hits
        .iter()
        .filter(|(rule, _)| counts(rule))
        .enumerate()
        .max_by_key(|(order, (rule, length))| (rule.rank, *length, std::cmp::Reverse(*order)))
        .map(|(_, (rule, _))| *rule);
    let (meaning, confidence) = match best {
        None => (Meaning::Unrecognised, Confidence::Possible),
        Some(rule) if rule.kind == Kind::Normal => (Meaning::Normal(rule.class), rule.confidence),
        Some(rule) => {
            let confidence = match rule.confidence {
                // What was cut off could have said something else.
                Confidence::Likely if marks.contains(&"{cut}") => Confidence::Possible,
                confidence => confidence,
            };
            (Meaning::Fault(rule.class), confidence)
        }
    };
    let is_fault = matches!(meaning, Meaning::Fault(_));
    let mut refutes: Vec<_> = hits
        .iter()
        .filter(|(rule, _)| rule.kind == Kind::Fact || Some(rule.class) == best.map(|b| b.class))
        .flat_map(|(rule, _)| rule.refutes)
        .copied()
        .collect();
    let mut supports: Vec<_> = hits
        .iter()
        .filter(|(rule, _)| rule.kind == Kind::Fact || is_fault && counts(rule))
        .flat_map(|(rule, _)| {
            let other = (rule.kind == Kind::Fault).then_some(rule.class);
            rule.supports.iter().copied().chain(other)
        })
        .collect();
    refutes.sort_unstable();
    refutes.dedup();
    refutes.retain(|class| best.is_none_or(|best| best.class != *class));
    supports.sort_unstable();
    supports.dedup();
    supports
        .retain(|class| best.is_none_or(|best| best.class != *class) && !refutes.contains(class));
    Reading {
        meaning,
        confidence,
        supports,
        refutes,
        object: best
            .filter(|_| is_fault)
            .and_then(|rule| object::named_in(text, rule.class)),
    }
}
