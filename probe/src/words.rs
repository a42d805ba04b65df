//! Every sentence that a person reads, in English and in Japanese.

use clap::ValueEnum;

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// The same sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English, without a full stop.
    pub en: String,
    /// Japanese, without a full stop.
    pub ja: String,
}

impl Words {
    /// The sentence in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }

    /// A text that is the same in both languages, such as a quotation.
    pub fn verbatim(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { ja: en.clone(), en }
    }
}

/// A sentence that is known when the program is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    /// English, without a full stop.
    pub en: &'static str,
    /// Japanese, without a full stop.
    pub ja: &'static str,
}

impl Phrase {
    /// The sentence in one language.
    pub fn in_lang(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}

/// Names sentences that are known when the program is compiled.
macro_rules! phrases {
    ($($vis:vis $name:ident = $en:literal, $ja:literal;)*) => {
        $($vis const $name: $crate::words::Phrase = $crate::words::Phrase { en: $en, ja: $ja };)*
    };
}

pub(crate) use phrases;

/// Formats one sentence in English and Japanese with the same captured values.
#[macro_export]
macro_rules! words {
    ($en:literal, $ja:literal $(,)?) => {
        $crate::words::Words {
            en: format!($en),
            ja: format!($ja),
        }
    };
}
