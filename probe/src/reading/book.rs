//! The rules as one automaton: which of them a text fits, found in one pass over its words.

use std::{collections::BTreeMap, sync::LazyLock};

use aho_corasick::AhoCorasick;

use super::{
    Place,
    marks::{ASKS, Ask, marks},
    rule::Rule,
    rules,
    sqlstate::{is_sqlstate, stands_as_code},
};

/// The rules with the numbers of their words.
pub(super) struct Book {
    /// All words at once, so that a line is read in one pass; `None` if they could not be put together.
    finder: Option<AhoCorasick>,
    /// What a word that is no rule's asks for: a look at the numbers behind it.
    asks: Vec<Option<Ask>>,
    lengths: Vec<usize>,
    /// Whether a word is a code, which counts only where it is said as one.
    codes: Vec<bool>,
    /// Rules by each word of their first group.
    starts: Vec<Vec<usize>>,
    rules: Vec<Entry>,
}

struct Entry {
    rule: &'static Rule,
    groups: Vec<Vec<usize>>,
    unless: Vec<usize>,
}

pub(super) static BOOK: LazyLock<Book> = LazyLock::new(|| {
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
        codes: words.iter().map(|word| is_sqlstate(word)).collect(),
        lengths: words.iter().map(|word| word.len()).collect(),
        starts,
        rules,
    }
});

impl Book {
    /// The rules that a text in normal form fits, with the length of their words, and the marks of the text.
    pub(super) fn read(
        &self,
        normal: &str,
        place: Option<Place>,
    ) -> (Vec<(&'static Rule, usize)>, Vec<&'static str>) {
        let mut seen = vec![false; self.lengths.len()];
        let mut words = vec![];
        self.scan(normal, &mut seen, &mut words);
        let asked: Vec<Ask> = words.iter().filter_map(|word| self.asks[*word]).collect();
        let marks = marks(normal, |ask| asked.contains(&ask));
        for mark in &marks {
            self.scan(mark, &mut seen, &mut words);
        }
        let mut candidates: Vec<usize> = words
            .iter()
            .flat_map(|word| &self.starts[*word])
            .copied()
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        let hits = candidates
            .into_iter()
            .filter_map(|index| self.rules[index].hit(&seen, &self.lengths, place))
            .collect();
        (hits, marks)
    }

    /// Adds the words of a text that were not seen before.
    fn scan(&self, text: &str, seen: &mut [bool], words: &mut Vec<usize>) {
        let found = self.finder.iter();
        for found in found.flat_map(|finder| finder.find_overlapping_iter(text)) {
            let word = found.pattern().as_usize();
            if !seen[word] && (!self.codes[word] || stands_as_code(text, found.range())) {
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
