//! Finds many words in a text in one pass: an Aho-Corasick automaton over bytes.
//!
//! A set of regular expressions does the same work, but builds its states while it reads:
//! slow for the first lines, and every start of `probe` reads first lines.

use std::collections::VecDeque;

/// The words that a rule may name, ready to be looked for all at once.
pub(super) struct Automaton {
    /// Column of each byte; bytes of no word share column 0.
    columns: [u8; 256],
    width: usize,
    /// Next state by state and column.
    next: Vec<u16>,
    /// The word that ends in a state.
    ends: Vec<Option<u16>>,
    /// The next shorter state in which a word ends.
    shorter: Vec<u16>,
}

impl Automaton {
    pub(super) fn new(words: &[&str]) -> Self {
        let mut columns = [0; 256];
        let mut width = 1;
        for byte in words.iter().flat_map(|word| word.bytes()) {
            let column = &mut columns[usize::from(byte)];
            if *column == 0 {
                *column = u8::try_from(width).unwrap_or(0);
                width += 1;
            }
        }
        let mut automaton = Self {
            columns,
            width,
            next: vec![0; width],
            ends: vec![None],
            shorter: vec![0],
        };
        for (id, word) in (0..).zip(words) {
            automaton.insert(id, word);
        }
        automaton.link();
        automaton
    }

    fn insert(&mut self, id: u16, word: &str) {
        let mut state = 0;
        for byte in word.bytes() {
            let at = state * self.width + usize::from(self.columns[usize::from(byte)]);
            if self.next[at] == 0 {
                self.next[at] = u16::try_from(self.ends.len()).unwrap_or(0);
                self.ends.push(None);
                self.shorter.push(0);
                self.next.resize(self.next.len() + self.width, 0);
            }
            state = usize::from(self.next[at]);
        }
        self.ends[state] = Some(id);
    }

    /// Breadth first: where a state has no next, it goes where its longest proper suffix goes.
    fn link(&mut self) {
        let mut suffix = vec![0_u16; self.ends.len()];
        let mut queue: VecDeque<usize> = self.next[..self.width]
            .iter()
            .filter(|next| **next != 0)
            .map(|next| usize::from(*next))
            .collect();
        while let Some(state) = queue.pop_front() {
            let fallback = usize::from(suffix[state]);
            self.shorter[state] = if self.ends[fallback].is_some() {
                suffix[state]
            } else {
                self.shorter[fallback]
            };
            for column in 0..self.width {
                let follow = self.next[fallback * self.width + column];
                let next = &mut self.next[state * self.width + column];
                if *next == 0 {
                    *next = follow;
                } else {
                    suffix[usize::from(*next)] = follow;
                    queue.push_back(usize::from(*next));
                }
            }
        }
    }

    /// Calls `found` with each word that occurs, as often as it occurs.
    pub(super) fn scan(&self, text: &[u8], mut found: impl FnMut(u16)) {
        let mut state = 0;
        for byte in text {
            let column = usize::from(self.columns[usize::from(*byte)]);
            state = usize::from(self.next[state * self.width + column]);
            let mut end = state;
            while end != 0 {
                if let Some(word) = self.ends[end] {
                    found(word);
                }
                end = usize::from(self.shorter[end]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_within_and_across_words_are_found() {
        let words = ["he", "she", "his", "hers", "shep"];
        let automaton = Automaton::new(&words);
        let seen = |text: &str| {
            let mut seen = BTreeSet::new();
            automaton.scan(text.as_bytes(), |word| {
                seen.insert(words[usize::from(word)]);
            });
            seen
        };
        assert_eq!(seen("ushers"), BTreeSet::from(["he", "hers", "she"]));
        assert_eq!(seen("shis"), BTreeSet::from(["his"]));
        assert_eq!(seen("xyz"), BTreeSet::new());
    }
}
