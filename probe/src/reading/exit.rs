//! What an exit code says by itself. It is the last thing to believe: reasons and stop codes come first.

use crate::{words, words::Words};

/// What a container's exit code says by itself. Codes above 128 are 128 plus the number of a signal.
pub fn exit_meaning(code: i32) -> Words {
    match code {
        0 => words!(
            "it finished, but a service must keep running",
            "正常終了だが、サービスは動き続ける必要がある"
        ),
        1 => words!("an error of the application", "アプリケーションのエラー"),
        126 | 127 => words!(
            "the command cannot be run or does not exist in the image",
            "コマンドが実行できないか、イメージに存在しない"
        ),
        137 => words!(
            "SIGKILL: it did not end within the stop timeout, or was out of memory",
            "SIGKILL: 停止タイムアウト内に終了しなかったか、メモリ不足"
        ),
        139 => words!("SIGSEGV: a crash", "SIGSEGV: クラッシュ"),
        143 => words!("SIGTERM: it was asked to stop", "SIGTERM: 停止を要求された"),
        _ => words!("the application's own code", "アプリケーション独自のコード"),
    }
}
