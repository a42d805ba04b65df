//! The columns of a spreadsheet of events, and what people call them.

use super::when::narrow;
use crate::domain::Language;

/// What a column of an imported spreadsheet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The title.
    Title,
    /// The day, with or without the time.
    Day,
    /// The time, if it has a column of its own.
    Time,
    /// The place.
    Location,
    /// The number of seats.
    Seats,
    /// Who organises it.
    Organizer,
    /// What it is about.
    Description,
}

impl Column {
    /// All of them, in the order of the forms.
    pub const ALL: [Self; 7] = [
        Self::Title,
        Self::Day,
        Self::Time,
        Self::Location,
        Self::Seats,
        Self::Organizer,
        Self::Description,
    ];

    /// The column of that name, whatever its case, width and spaces, and without what is added in brackets.
    pub fn of(name: &str) -> Option<Self> {
        let name = narrow(name).to_lowercase();
        let name = name.split('(').next().unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '*' | '※' | ':'))
            .collect();
        Self::ALL
            .into_iter()
            .find(|column| column.names().contains(&name.as_str()))
    }

    /// Its name in what the service itself writes.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Title => language.pick("Title", "タイトル"),
            Self::Day => language.pick("Date and time", "日時"),
            Self::Time => language.pick("Time", "開始時刻"),
            Self::Location => language.pick("Place", "場所"),
            Self::Seats => language.pick("Seats", "定員"),
            Self::Organizer => language.pick("Organiser", "主催者"),
            Self::Description => language.pick("Description", "説明"),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Title => &[
                "title",
                "event",
                "eventtitle",
                "eventname",
                "name",
                "subject",
                "タイトル",
                "イベント",
                "イベント名",
                "件名",
                "名称",
                "行事",
                "行事名",
                "題名",
            ],
            Self::Day => &[
                "dateandtime",
                "datetime",
                "eventdate",
                "date",
                "day",
                "when",
                "starts",
                "start",
                "日時",
                "開催日時",
                "開始日時",
                "日付",
                "開催日",
                "日程",
                "年月日",
            ],
            Self::Time => &[
                "time",
                "starttime",
                "beginsat",
                "時刻",
                "時間",
                "開始時刻",
                "開始時間",
                "開始",
                "開催時間",
            ],
            Self::Location => &[
                "place",
                "location",
                "venue",
                "where",
                "room",
                "場所",
                "会場",
                "開催場所",
            ],
            Self::Seats => &[
                "seats",
                "maxparticipants",
                "capacity",
                "limit",
                "max",
                "定員",
                "定員数",
                "席数",
                "募集人数",
                "人数上限",
            ],
            Self::Organizer => &[
                "organiser",
                "organizer",
                "host",
                "owner",
                "主催者",
                "主催",
                "幹事",
                "担当",
                "担当者",
            ],
            Self::Description => &[
                "description",
                "details",
                "about",
                "notes",
                "説明",
                "内容",
                "詳細",
                "概要",
                "備考",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_many_names_in_two_languages() {
        for (name, column) in [
            ("Title", Column::Title),
            (" イベント名 ", Column::Title),
            ("event_date", Column::Day),
            ("開催日時（必須）", Column::Day),
            ("Max Participants", Column::Seats),
            ("max_participants", Column::Seats),
            ("定員(名)", Column::Seats),
            ("ＰＬＡＣＥ", Column::Location),
            ("※備考", Column::Description),
        ] {
            assert_eq!(Column::of(name), Some(column), "{name}");
        }
        for other in ["", "参加者", "participants_count", "終了時刻", "id"] {
            assert_eq!(Column::of(other), None, "{other}");
        }
    }

    #[test]
    fn every_name_is_that_of_one_column_and_what_is_written_can_be_read() {
        for column in Column::ALL {
            for name in column.names() {
                assert_eq!(Column::of(name), Some(column), "{name}");
            }
            for language in [Language::English, Language::Japanese] {
                assert_eq!(Column::of(column.label(language)), Some(column));
            }
        }
    }
}
