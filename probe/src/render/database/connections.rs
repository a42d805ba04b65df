//! How many connections are open, and how many the tasks may open.

use crate::{render::page::Paint, views::Connections, words::Lang};

pub(super) fn of_connections(seen: &Connections, lang: Lang, paint: &Paint) -> Vec<String> {
    let mut lines = vec![];
    match (seen.now, seen.limit) {
        (Some(now), Some(limit)) => {
            let percent = now * 100 / limit.max(1);
            let style = if percent >= 80 { paint.bad } else { paint.good };
            lines.push(match lang {
                Lang::En => format!("{style}{now} of {limit}{style:#} in use ({percent} %)"),
                Lang::Ja => format!("{style}{limit} 中 {now}{style:#} を使用 ({percent} %)"),
            });
        }
        (Some(now), None) => lines.push(match lang {
            Lang::En => format!("{now} in use, the limit is not known"),
            Lang::Ja => format!("{now} を使用 (上限は不明)"),
        }),
        (None, Some(limit)) => lines.push(match lang {
            Lang::En => format!("limit {limit}; how many are in use is not known"),
            Lang::Ja => format!("上限 {limit} (使用数は不明)"),
        }),
        (None, None) => {}
    }
    let now = seen.tasks.zip(seen.wanted_now);
    let most = seen.most_tasks.zip(seen.wanted_at_most);
    match (seen.pool_per_task, now, most) {
        (Some(pool), Some((tasks, now)), most) => {
            let mut line = match lang {
                Lang::En => format!("{tasks} tasks × pool of {pool} = {now}"),
                Lang::Ja => format!("{tasks} タスク × プール {pool} = {now}"),
            };
            if let Some((tasks, wanted)) = most {
                let over = seen.limit.is_some_and(|limit| wanted > limit);
                let style = if over { paint.unsure } else { paint.plain };
                line += &match lang {
                    Lang::En => format!("; a deployment at full size: {tasks} × {pool} = {style}{wanted}{style:#}"),
                    Lang::Ja => format!("、最大規模のデプロイ中は {tasks} × {pool} = {style}{wanted}{style:#}"),
                };
            }
            lines.push(line);
        }
        (None, ..) => lines.push(match lang {
            Lang::En => "how large the pool of a task is, no environment variable tells (such as DB_POOL_SIZE)".to_owned(),
            Lang::Ja => "タスクのプールサイズは環境変数 (DB_POOL_SIZE など) から読み取れません".to_owned(),
        }),
        (Some(_), None, _) => {}
    }
    lines
}
