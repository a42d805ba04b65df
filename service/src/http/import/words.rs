//! What is wrong with a spreadsheet, and what to do about it, in words.

use crate::{
    http::language::Language,
    spreadsheet::{FILE_LIMIT, Fault, ROW_LIMIT},
};

/// Says what is wrong, and what to do.
pub(in crate::http) fn explain(fault: &Fault, language: Language) -> String {
    let pick = |english: &str, japanese: &str| language.pick(english, japanese).to_owned();
    match fault {
        Fault::Workbook => pick(
            "This is an Excel workbook. Save it as “CSV UTF-8” and choose that file.",
            "Excel ブックのままでは読み込めません。「CSV UTF-8」形式で保存したファイルを選んでください。",
        ),
        Fault::NotText => pick(
            "The text is neither UTF-8 nor Shift_JIS. Save the file as “CSV UTF-8”.",
            "文字コードが UTF-8 でも Shift_JIS でもありません。「CSV UTF-8」形式で保存し直してください。",
        ),
        Fault::NoRows => pick(
            "There is no event in the file. The first row has the names of the columns, the events are below.",
            "イベントがありません。1 行目に列名、2 行目以降にイベントを入力してください。",
        ),
        Fault::TooManyRows => language.pick(
            format!("A file can bring {ROW_LIMIT} events. Split it at this row."),
            format!(
                "一度に取り込めるのは {ROW_LIMIT} 件までです。この行からファイルを分けてください。"
            ),
        ),
        Fault::NoColumn(column) => {
            let name = column.label(language);
            language.pick(
                format!("There is no column “{name}”. Add it, or give the column that has it this name."),
                format!("「{name}」の列がありません。列を追加するか、該当する列の名前を変更してください。"),
            )
        }
        Fault::TooManyCells => pick(
            "The row has more cells than there are columns. A text with a comma needs quotation marks around it.",
            "列名より多くのセルがあります。カンマを含む文字列は引用符（\"）で囲んでください。",
        ),
        Fault::NotDay => pick(
            "The day cannot be read. Write it with its year, such as 2026/12/4 19:00.",
            "日付を読み取れません。2026/12/4 19:00 のように、年から入力してください。",
        ),
        Fault::NotTime => pick(
            "The time cannot be read. Write it as 19:00.",
            "時刻を読み取れません。19:00 のように入力してください。",
        ),
        Fault::NoTime => pick(
            "The time is missing. Write it after the day, such as 2026/12/4 19:00, or into a column “Time”.",
            "時刻がありません。2026/12/4 19:00 のように日付の後に入力するか、「開始時刻」の列に入力してください。",
        ),
        Fault::RepeatsRow(row) => language.pick(
            format!("It has the title, time and place of row {row}. Delete one of them."),
            format!("タイトル・日時・場所が {row} 行目と同じです。どちらかを削除してください。"),
        ),
        Fault::NotYours => pick(
            "Only an admin can import events of others. Leave the cell empty for your own, or ask an admin.",
            "他の人が主催するイベントは、管理者だけが取り込めます。自分が主催する場合は空欄にしてください。",
        ),
        Fault::Value(reason) => {
            let reason = language.reason(reason);
            language.pick(format!("It {reason}."), format!("{reason}。"))
        }
    }
}

/// The limits of a file, in words.
pub(in crate::http) fn limits(language: Language) -> String {
    let size = FILE_LIMIT / 1024;
    language.pick(
        format!("At most {ROW_LIMIT} events and {size} KB."),
        format!("{ROW_LIMIT} 件、{size} KB まで。"),
    )
}
