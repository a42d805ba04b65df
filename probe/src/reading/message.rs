//! Reads one message: which class of the corpus it means, and which it makes likelier or impossible.

use std::{collections::BTreeMap, sync::LazyLock};

use aho_corasick::AhoCorasick;
use clap::ValueEnum;

use super::{
    marks::{ASKS, Ask, marks},
    normal_form::normal_form,
    object,
    rule::{Kind, Rule},
    rules,
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

/// The rules with the numbers of their words.
struct Book {
    /// All words at once, so that a line is read in one pass; `None` if they could not be put together.
    finder: Option<AhoCorasick>,
    /// What a word that is no rule's asks for: a look at the numbers behind it.
    asks: Vec<Option<Ask>>,
    lengths: Vec<usize>,
    /// Rules by each word of their first group.
    starts: Vec<Vec<usize>>,
    rules: Vec<Entry>,
}

struct Entry {
    rule: &'static Rule,
    groups: Vec<Vec<usize>>,
    unless: Vec<usize>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let mut words: Vec<&str> = vec![];
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |group: &'static str| -> Vec<usize> {
        let mut number = |word| {
            *numbers.entry(word).or_insert_with(|| {
                words.push(word);
                words.len() - 1
            })
        };
        group
            .split('|')
            .filter(|word| !word.is_empty())
            .map(&mut number)
            .collect()
    };
    let rules: Vec<Entry> = rules::all()
        .map(|rule| Entry {
            rule,
            groups: rule.all.iter().map(|group| number(group)).collect(),
            unless: number(rule.unless),
        })
        .collect();
    let mut asked = vec![];
    for (ask, texts) in ASKS {
        asked.extend(texts.iter().map(|text| (number(text), *ask)));
    }
    let mut asks = vec![None; words.len()];
    for (numbers, ask) in asked {
        numbers.into_iter().for_each(|word| asks[word] = Some(ask));
    }
    let mut starts = vec![vec![]; words.len()];
    for (index, entry) in rules.iter().enumerate() {
        for word in entry.groups.first().into_iter().flatten() {
            starts[*word].push(index);
        }
    }
    Book {
        finder: AhoCorasick::new(&words).ok(),
        asks,
        lengths: words.iter().map(|word| word.len()).collect(),
        starts,
        rules,
    }
});

/// Reads a message on its own.
pub fn classify(text: &str, place: Option<Place>) -> Reading {
    let book = &*BOOK;
    let normal = normal_form(text);
    let mut seen = vec![false; book.lengths.len()];
    let mut words = vec![];
    book.scan(&normal, &mut seen, &mut words);
    let asked: Vec<Ask> = words.iter().filter_map(|word| book.asks[*word]).collect();
    let marks = marks(&normal, |ask| asked.contains(&ask));
    for mark in &marks {
        book.scan(mark, &mut seen, &mut words);
    }
    let mut candidates: Vec<usize> = words
        .iter()
        .flat_map(|word| &book.starts[*word])
        .copied()
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    let hits: Vec<(&Rule, usize)> = candidates
        .into_iter()
        .filter_map(|index| book.rules[index].hit(&seen, &book.lengths, place))
        .collect();
    conclude(text, &hits, &marks, place)
}

impl Book {
    /// Adds the words of a text that were not seen before.
    fn scan(&self, text: &str, seen: &mut [bool], words: &mut Vec<usize>) {
        let found = self.finder.iter();
        for found in found.flat_map(|finder| finder.find_overlapping_iter(text)) {
            let word = found.pattern().as_usize();
            if !seen[word] {
                seen[word] = true;
                words.push(word);
            }
        }
    }
}

impl Entry {
    /// How long the words are that occur, if all do that must.
    fn hit(
        &self,
        seen: &[bool],
        lengths: &[usize],
        place: Option<Place>,
    ) -> Option<(&'static Rule, usize)> {
        let places = self.rule.places;
        if !places.is_empty() && place.is_some_and(|place| !places.contains(&place)) {
            return None;
        }
        if self.unless.iter().any(|word| seen[*word]) {
            return None;
        }
        let mut length = 0;
        for group in &self.groups {
            length += group
                .iter()
                .filter(|word| seen[**word])
                .map(|word| lengths[*word])
                .max()?;
        }
        Some((self.rule, length))
    }
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
