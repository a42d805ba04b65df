//! The kinds of problems, which clients tell apart by `type`.

use axum::http::StatusCode;

/// What is said of a kind of problem; texts in English and Japanese.
pub(in crate::http) struct Facts {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) status: StatusCode,
    pub(in crate::http) title: (&'static str, &'static str),
    pub(in crate::http) detail: (&'static str, &'static str),
}

/// Makes the kinds of lines that say of each: its status and name, its title and its detail, each in both languages.
macro_rules! kinds {
    ($($kind:ident = $status:ident $name:literal
        $title:literal $title_ja:literal
        $detail:literal
        $detail_ja:literal;)*) => {
        /// A kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::http) enum Kind {
            $($kind,)*
        }

        impl Kind {
            /// What is said of it.
            pub(in crate::http) fn facts(self) -> Facts {
                match self {
                    $(Self::$kind => Facts {
                        name: $name,
                        status: StatusCode::$status,
                        title: ($title, $title_ja),
                        detail: ($detail, $detail_ja),
                    },)*
                }
            }
        }
    };
}

// The whole vocabulary on one page.
kinds! {
    Unreadable = BAD_REQUEST "unreadable-request"
        "The request cannot be read" "リクエストを読み取れません"
        "The address or the body of the request is malformed."
        "アドレスまたは本文の形式が正しくありません。";
    InvalidParameters = BAD_REQUEST "invalid-parameters"
        "Some parameters are not accepted" "受け付けられないパラメーターがあります"
        "`errors` names each parameter and the reason."
        "`errors` に各パラメーターと理由を示します。";
    MalformedJson = BAD_REQUEST "malformed-json"
        "The body is not valid JSON" "本文が正しい JSON ではありません"
        "The body must be one JSON object in UTF-8."
        "本文は UTF-8 の JSON オブジェクト 1 つにしてください。";
    IdempotencyKeyMalformed = BAD_REQUEST "idempotency-key-malformed"
        "The idempotency key is malformed" "Idempotency-Key の形式が正しくありません"
        "`Idempotency-Key` must be one value of 1 to 255 visible ASCII characters."
        "`Idempotency-Key` は 1〜255 文字の ASCII 印字可能文字（空白を除く）で 1 つだけ指定してください。";
    NotLoggedIn = UNAUTHORIZED "not-logged-in"
        "You are not logged in" "ログインしていません"
        "The load balancer, which logs people in, did not say who you are, or is not believed; `reason` \
         has the class, the log the details. Its listener rules must authenticate people before they \
         forward to the service, and ALB_ARN must name it."
        "ロードバランサーによるログイン情報がないか、信頼できません。理由は `reason` とログで確認できます。\
         リスナールールで認証してから転送していること、ALB_ARN が正しいことを確認してください。";
    CrossSite = FORBIDDEN "cross-site"
        "Requests from other sites are refused" "他サイトからのリクエストは拒否されます"
        "Another site's page sent this request, or an old browser that does not say which page did."
        "このリクエストは他サイトのページから送信されたか、送信元を確認できません。";
    NotYourself = FORBIDDEN "not-yourself"
        "This can only be done for oneself" "ご本人以外の名前では操作できません"
        "The name sent is not the one you are logged in with. Leave it out, or ask an admin."
        "送信された名前がログイン中の名前と異なります。名前を省略するか、管理者に依頼してください。";
    NotOrganizer = FORBIDDEN "not-organizer"
        "Only the organiser can do this" "この操作は主催者だけができます"
        "The event can be changed and deleted by its organiser and by admins."
        "イベントを変更・削除できるのは、主催者と管理者だけです。";
    NotFound = NOT_FOUND "not-found"
        "There is nothing here" "ページが見つかりません"
        "The address does not exist."
        "このアドレスは存在しません。";
    EventNotFound = NOT_FOUND "event-not-found"
        "There is no such event" "イベントが見つかりません"
        "The event does not exist, or has been deleted."
        "イベントが存在しないか、削除されています。";
    FeedNotFound = NOT_FOUND "feed-not-found"
        "There is no such calendar" "カレンダーが見つかりません"
        "Its owner has made a new address or deleted it. Subscribe again with the present one."
        "アドレスが作り直されたか、無効にされています。現在のアドレスで購読し直してください。";
    NotJoined = NOT_FOUND "not-joined"
        "This person has not joined" "参加登録がありません"
        "Nobody of this name takes part in the event."
        "この名前での参加登録は見つかりませんでした。";
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed"
        "The method is not allowed here" "このメソッドは使えません"
        "The header `Allow` lists the methods that are."
        "使えるメソッドは `Allow` ヘッダーに示します。";
    BodyTooSlow = REQUEST_TIMEOUT "body-too-slow"
        "The body did not arrive in time" "本文の受信がタイムアウトしました"
        "The whole body must arrive within 5 seconds."
        "本文は 5 秒以内に送信し終えてください。";
    FileTooSlow = REQUEST_TIMEOUT "file-too-slow"
        "The file did not arrive in time" "ファイルの受信がタイムアウトしました"
        "The whole file must arrive within 8 seconds. Try again, or split it."
        "ファイルは 8 秒以内に送信し終えてください。もう一度試すか、ファイルを分けてください。";
    EventFull = CONFLICT "event-full"
        "The event is full" "満席です"
        "All seats are taken."
        "定員に達したため、参加登録できませんでした。";
    EventBegun = CONFLICT "event-begun"
        "The event has begun" "イベントはすでに始まっています"
        "Nobody can join or leave an event that has begun."
        "開始後のイベントには、参加登録もキャンセルもできません。";
    CapacityBelowParticipants = CONFLICT "capacity-below-participants"
        "More people have joined than could" "定員が参加者数を下回っています"
        "`max_participants` must not be lowered below `participants_count`."
        "`max_participants` を `participants_count` より小さくすることはできません。";
    IdempotencyKeyInUse = CONFLICT "idempotency-key-in-use"
        "The same request is under way" "同じリクエストを処理中です"
        "A request with this `Idempotency-Key` is not finished yet. Please try again in a moment."
        "この `Idempotency-Key` のリクエストはまだ処理中です。しばらくしてからもう一度お試しください。";
    OtherVersion = PRECONDITION_FAILED "other-version"
        "The event has been changed meanwhile" "イベントは他の人によって更新されています"
        "`If-Match` names another version. Read the event again; the header `ETag` is that of now."
        "`If-Match` のバージョンが一致しません。イベントを取得し直してください。現在の値は `ETag` ヘッダーに示します。";
    BodyTooLarge = PAYLOAD_TOO_LARGE "body-too-large"
        "The body is too large" "本文が大きすぎます"
        "A body can have at most 64 KiB."
        "本文は 64 KiB 以内にしてください。";
    FileTooLarge = PAYLOAD_TOO_LARGE "file-too-large"
        "The file is too large" "ファイルが大きすぎます"
        "A file can have at most 512 KiB and 500 events. Split it."
        "ファイルは 512 KiB、500 件以内にしてください。ファイルを分けてから取り込んでください。";
    NotCsv = UNSUPPORTED_MEDIA_TYPE "not-csv"
        "The body is not of a supported type" "本文の形式に対応していません"
        "Send the spreadsheet as CSV, with `Content-Type: text/csv`."
        "`Content-Type: text/csv` を付けて CSV を送信してください。";
    NotJson = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type"
        "The body is not of a supported type" "本文の形式に対応していません"
        "Send JSON, with `Content-Type: application/json`."
        "`Content-Type: application/json` を付けて JSON を送信してください。";
    InvalidBody = UNPROCESSABLE_ENTITY "invalid-body"
        "Some values are not accepted" "受け付けられない値があります"
        "`errors` names each value and the reason."
        "`errors` に各項目と理由を示します。";
    ImportRefused = UNPROCESSABLE_ENTITY "import-refused"
        "Nothing is imported" "取り込みは行われていません"
        "`errors` names everything that is wrong with the spreadsheet, by row and column, and what to do."
        "`errors` にファイルの問題点を、行・列・直し方とともに示します。";
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY "idempotency-key-reused"
        "The idempotency key belongs to another request" "Idempotency-Key は別のリクエストで使用済みです"
        "Within 24 hours an `Idempotency-Key` can only be sent again with the same values."
        "同じ `Idempotency-Key` を 24 時間以内に別の内容で再利用することはできません。";
    Internal = INTERNAL_SERVER_ERROR "internal"
        "Something went wrong on our side" "サーバー側でエラーが発生しました"
        "The log has the details under the request id of this answer."
        "詳細は、この応答のリクエスト ID でログを確認してください。";
    DatabaseAway = SERVICE_UNAVAILABLE "database-unavailable"
        "The service cannot answer right now" "現在ご利用いただけません"
        "The database is not available, or has too much to do. Please try again in a moment."
        "データベースに接続できないか、アクセスが集中しています。しばらくしてからもう一度お試しください。";
    KeysAway = SERVICE_UNAVAILABLE "keys-unavailable"
        "Log-ins cannot be checked right now" "現在ログインを確認できません"
        "The load balancer's key could not be fetched. Please try again in a moment."
        "ロードバランサーの公開鍵を取得できません。しばらくしてからもう一度お試しください。";
    Overloaded = SERVICE_UNAVAILABLE "overloaded"
        "The service is too busy right now" "現在大変混み合っています"
        "The answer took too long. Please try again in a moment."
        "応答に時間がかかりすぎました。しばらくしてからもう一度お試しください。";
}
