//! What came of a form.

use crate::http::language::Language;

/// What came of a form, told on the page that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Notice {
    Joined,
    AlreadyJoined,
    Waiting,
    Left,
    LeftWaitlist,
    Full,
    Begun,
    NotJoined,
    BadName,
    Created,
    Changed,
    Cancelled,
    FeedMade,
    FeedRevoked,
}

impl Notice {
    const ALL: [(&'static str, Self); 14] = [
        ("joined", Self::Joined),
        ("already-joined", Self::AlreadyJoined),
        ("waiting", Self::Waiting),
        ("left", Self::Left),
        ("left-waitlist", Self::LeftWaitlist),
        ("full", Self::Full),
        ("begun", Self::Begun),
        ("not-joined", Self::NotJoined),
        ("bad-name", Self::BadName),
        ("created", Self::Created),
        ("changed", Self::Changed),
        ("cancelled", Self::Cancelled),
        ("feed-made", Self::FeedMade),
        ("feed-revoked", Self::FeedRevoked),
    ];

    pub(in crate::http) fn parse(raw: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find_map(|(name, notice)| (name == raw).then_some(notice))
    }

    pub(in crate::http) fn name(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find_map(|(name, notice)| (notice == self).then_some(name))
            .unwrap_or("")
    }

    pub(in crate::http) fn is_good(self) -> bool {
        matches!(
            self,
            Self::Joined
                | Self::AlreadyJoined
                | Self::Waiting
                | Self::Left
                | Self::LeftWaitlist
                | Self::Created
                | Self::Changed
                | Self::Cancelled
                | Self::FeedMade
                | Self::FeedRevoked
        )
    }

    pub(in crate::http) fn text(self, language: Language) -> &'static str {
        match self {
            Self::Joined => language.pick(
                "You have joined. See you there!",
                "参加登録しました。当日お待ちしています。",
            ),
            Self::AlreadyJoined => {
                language.pick("You had already joined.", "すでに参加登録済みです。")
            }
            Self::Waiting => language.pick(
                "You are on the waitlist. A seat that becomes free is yours when it is your turn.",
                "キャンセル待ちに登録しました。空席が出ると、順番に参加が確定します。",
            ),
            Self::LeftWaitlist => language.pick(
                "You have left the waitlist.",
                "キャンセル待ちを取り消しました。",
            ),
            Self::Begun => {
                language.pick("The event has begun.", "イベントはすでに始まっています。")
            }
            Self::Left => language.pick("You have left the event.", "参加をキャンセルしました。"),
            Self::Full => language.pick(
                "Sorry, the event is full.",
                "定員に達したため、参加登録できませんでした。",
            ),
            Self::NotJoined => language.pick(
                "Nobody of that name has joined.",
                "この名前での参加登録は見つかりませんでした。",
            ),
            Self::Created => language.pick("The event is announced.", "イベントを作成しました。"),
            Self::Changed => language.pick("Saved.", "保存しました。"),
            Self::Cancelled => language.pick("The event is cancelled.", "イベントを中止しました。"),
            Self::FeedMade => {
                language.pick("Your address is made.", "自分用のアドレスを作成しました。")
            }
            Self::FeedRevoked => language.pick(
                "Your address is deleted. Calendars that use it get nothing any more.",
                "アドレスを無効にしました。このアドレスでの購読は更新されなくなります。",
            ),
            Self::BadName => language.pick(
                "Please enter a name of 1 to 100 characters.",
                "お名前を 1〜100 文字で入力してください。",
            ),
        }
    }
}
