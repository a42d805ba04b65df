use chrono_tz::Asia::Tokyo;

use super::*;
use crate::spreadsheet::write;

fn reader() -> Reader {
    Reader {
        zone: Tokyo,
        actor: Actor::Anybody,
        organizer: None,
    }
}

/// The rows that are events, and what is wrong with the others.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let sheet = reader().read(text.as_bytes());
    let row = |row: &Row| {
        let draft = &row.draft;
        format!(
            "{} {} {} {} {} {}",
            row.number,
            draft.title.as_str(),
            draft.event_date.get().format("%m-%dT%H:%M"),
            draft.location.as_str(),
            draft.max_participants.get(),
            draft.organizer.as_str()
        )
    };
    let flaw = |flaw: &Flaw| {
        let place = (flaw.row.unwrap_or(0), flaw.column.as_deref().unwrap_or(""));
        format!("{} {} {} {:?}", place.0, place.1, flaw.value, flaw.fault)
    };
    (
        sheet.rows.iter().map(row).collect(),
        sheet.flaws.iter().map(flaw).collect(),
    )
}

#[test]
fn old_lists_are_read_as_they_are() {
    let english =
        "title,event_date,location,max_participants,organizer\nLT,2026-12-04T19:00,8F,20,Aki\n";
    let japanese = "\"2026年度 イベント一覧\",,,,\r\n,,,,\r\n開催日,開始時刻,イベント名,会場,定員（名）,幹事,参加者\r\n\
                    ２０２６／１２／４（金）,１９：００,LT,8F,２０名,Aki,\"Ben, Chen\"\r\n,,,,,,\r\n";
    // As spreadsheets count, which know no lines within a cell and do know empty rows.
    let counted = "title,date,seats,host,place,about\n\n\n\nLT,2026/12/4 19:00,20,Aki,8F,\"a\nb\"\n\nB,2026/12/4 19:00,20,Aki,8F,";
    assert_eq!(
        read(counted)
            .0
            .iter()
            .map(|row| &row[..2])
            .collect::<Vec<_>>(),
        ["5 ", "7 "]
    );
    let tabs = "タイトル\t日時\t場所\t定員\t主催\nLT\t2026/12/4 19:00\t8F\t20\tAki\n";
    let beginning = "開始;イベント;場所;定員;主催者\n2026/12/4 19:00;LT;8F;20;Aki";
    for (text, row) in [(english, 2), (japanese, 4), (tabs, 2), (beginning, 2)] {
        let expected = format!("{row} LT 12-04T10:00 8F 20 Aki");
        assert_eq!(read(text), (vec![expected], vec![]), "{text}");
    }
    assert_eq!(reader().read(japanese.as_bytes()).ignored, ["参加者"]);
}

#[test]
fn everything_that_is_wrong_is_named_with_its_place() {
    let text = "タイトル,日時,場所,定員,主催者,説明\n\
                ,12/4 19:00,8F,many,Aki,\n\
                a,2026/12/4,8F,0,,\n\
                good,2026/12/4 19:00,8F,1,Aki,\"two\r\nlines\"\n\
                good,2026/12/04 19時,8F,2,Ben,\n\
                a,2026/12/4 19:00,8F,3,Aki,,what is this\n\
                b,2400/1/1 19:00,8F,3,Aki\n";
    let (rows, flaws) = read(text);
    assert_eq!(rows, ["4 good 12-04T10:00 8F 1 Aki"]);
    assert_eq!(
        flaws,
        [
            "2 タイトル  Value(Empty)",
            "2 日時 12/4 19:00 NotDay",
            "2 定員 many Value(NotInteger)",
            "3 日時 2026/12/4 NoTime",
            "3 定員 0 Value(OutOfRange { min: 1, max: 1000000 })",
            "3 主催者  Value(Empty)",
            "5   RepeatsRow(4)",
            "6   TooManyCells",
            "7 日時 2400/1/1 19:00 Value(OutOfRange { min: 2000, max: 2199 })",
        ]
    );
}

#[test]
fn a_file_without_what_is_needed_says_what_that_is() {
    for (text, expected) in [
        ("", "0   NoRows"),
        ("\u{feff}\n\n", "0   NoRows"),
        ("title,event_date,seats,organizer\n", "1   NoRows"),
        ("a,b\n1,2\n", "1   NoColumn(Title)"),
        ("title,b\n1,2\n", "1   NoColumn(Day)"),
        (
            "title,date,organizer\na,2026/12/4 19:00,Aki\n",
            "1   NoColumn(Seats)",
        ),
        (
            "title,date,seats\na,2026/12/4 19:00,1\n",
            "1   NoColumn(Organizer)",
        ),
        ("PK\u{3}\u{4}", "0   Workbook"),
    ] {
        assert_eq!(read(text), (vec![], vec![expected.to_owned()]), "{text}");
    }
    let head = "title,date,seats,organizer\n";
    let row = |n: usize| format!("a{n},2026/12/4 19:00,1,Aki\n");
    let fits: String = (0..ROW_LIMIT).map(row).collect();
    let (rows, flaws) = read(&format!("{head}{fits}"));
    assert_eq!((rows.len(), flaws.len()), (ROW_LIMIT, 0));
    let (_, flaws) = read(&format!("{head}{fits}{}", row(ROW_LIMIT)));
    assert_eq!(flaws, ["502   TooManyRows"]);
}

#[test]
fn one_imports_in_ones_own_name() {
    let aki = UserName::parse("Aki").unwrap();
    let text = "title,date,seats,organizer\na,2026/12/4 19:00,1,\nb,2026/12/4 19:00,1,Aki\nc,2026/12/4 19:00,1,Ben\n";
    for (admin, rows, flaws) in [(false, 2, vec![Fault::NotYours]), (true, 3, vec![])] {
        let actor = Actor::Known {
            name: aki.clone(),
            admin,
        };
        let reader = Reader {
            actor,
            organizer: Some(aki.clone()),
            ..reader()
        };
        let sheet = reader.read(text.as_bytes());
        assert_eq!(sheet.rows.len(), rows);
        assert_eq!(sheet.rows[0].draft.organizer, aki);
        let found: Vec<_> = sheet.flaws.into_iter().map(|flaw| flaw.fault).collect();
        assert_eq!(found, flaws);
        let without = reader.read(b"title,date,seats\na,2026/12/4 19:00,1\n");
        assert_eq!((without.rows.len(), without.flaws.len()), (1, 0));
    }
}

#[test]
fn what_was_written_is_read_as_it_was() {
    for odd in [
        "=1+1",
        "'=1+1",
        "'quoted'",
        "-",
        "＠x",
        "a,\"b\"\n;c",
        "🎉👩‍👩‍👧 عربى \u{202e}rtl",
        "<script>alert(1)</script> &amp;",
        "１２３ 全角ｶﾅ 𠮷野家",
        &"𠮷".repeat(100),
        "+81",
    ] {
        let row = ["タイトル", "日時", "定員", "主催者", "説明"].map(str::to_owned);
        let cells = [odd, "2026-12-04 19:00", "3", odd, odd].map(str::to_owned);
        let text = format!("{}{}", write::MARK, write::rows([row, cells]));
        let sheet = reader().read(text.as_bytes());
        if odd.contains('\n') {
            assert_eq!(sheet.flaws.len(), 2, "a title has one line");
            continue;
        }
        let draft = &sheet.rows[0].draft;
        assert_eq!(draft.title.as_str(), odd);
        assert_eq!(
            (draft.organizer.as_str(), draft.description.as_str()),
            (odd, odd)
        );
    }
}
