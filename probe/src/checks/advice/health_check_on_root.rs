//! The load balancer asks for `/`: a page for people, which says little about the application.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-health-check-on-root",
    Phrase {
        en: "the load balancer's health check asks for the start page",
        ja: "ロードバランサーのヘルスチェックがトップページを見ています",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let groups = case.target_groups()?.iter();
    let on_root =
        groups.filter(|(_, group)| group.health_check.enabled && group.health_check.path == "/");
    Ok(on_root
        .map(|(arn, group)| {
            let name = &group.name;
            finding(
                arn,
                words!(
                    "the health check of {name} asks for /: a login, a redirect or a slow start page takes healthy tasks out, and any default page keeps broken ones in",
                    "{name} のヘルスチェックのパスが / です。ログイン画面やリダイレクト、重いトップページで正常なタスクが外れたり、既定のページだけで異常なタスクが正常とみなされたりします"
                ),
                (
                    "elasticloadbalancing:DescribeTargetGroups HealthCheckPath",
                    Words::verbatim("/"),
                    words!(
                        "a path that is made for it, for example /health",
                        "専用のパス (例: /health)"
                    ),
                ),
                vec![Fix {
                    title: words!(
                        "ask for a path of its own, after the application answers there",
                        "アプリケーションに専用のパスを用意してから、そのパスに変更する"
                    ),
                    command: format!(
                        "aws elbv2 modify-target-group --target-group-arn {arn} --health-check-path /health --region {region}"
                    ),
                }],
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn a_check_that_is_switched_off_asks_for_nothing() {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        assert!(!find(&Case::new(&snapshot)).unwrap().is_empty());
        for group in snapshot.target_groups.as_mut().unwrap().values_mut() {
            group.health_check.enabled = false;
        }
        assert_eq!(find(&Case::new(&snapshot)).unwrap(), []);
    }
}
