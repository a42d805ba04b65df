//! The database's certificate ends soon: clients that verify it will refuse to connect.

use chrono::TimeDelta;

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-certificate-expiring",
    Phrase {
        en: "the database's certificate ends within 60 days",
        ja: "データベースの証明書が 60 日以内に期限切れになります",
    },
    find,
);

const SOON: TimeDelta = TimeDelta::days(60);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let ends = database
        .certificate_valid_until
        .filter(|ends| *ends < case.taken_at + SOON);
    let Some(ends) = ends else {
        return Ok(vec![]);
    };
    let (id, region) = (&database.id, &case.target.region);
    let authority = database.certificate_authority.as_deref().unwrap_or("-");
    let (day, days) = (ends.format("%Y-%m-%d"), (ends - case.taken_at).num_days());
    let lead = match days {
        ..0 => words!(
            "the certificate of the database {id} ended on {day}",
            "データベース {id} の証明書は {day} に期限切れになりました"
        ),
        _ => words!(
            "the certificate of the database {id} ends on {day}, in {days} days",
            "データベース {id} の証明書は {day} (あと {days} 日) に期限切れになります"
        ),
    };
    Ok(vec![finding(
        id,
        Words {
            en: lead.en + ": clients that verify it cannot connect from then on",
            ja: lead.ja + "。以降、証明書を検証するクライアントは接続できません",
        },
        (
            "rds:DescribeDBInstances CertificateDetails.ValidTill",
            Words::verbatim(format!("{authority}, {day}")),
            words!("valid for 60 days or more", "60 日以上有効"),
        ),
        vec![
            Fix {
                title: words!(
                    "see whether the engine takes a new certificate without a restart",
                    "再起動なしで証明書を更新できるエンジンか確認する"
                ),
                command: format!(
                    "aws rds describe-db-engine-versions --engine {} --engine-version {} --query 'DBEngineVersions[0].SupportsCertificateRotationWithoutRestart' --region {region}",
                    database.engine.as_deref().unwrap_or("postgres"),
                    database.engine_version.as_deref().unwrap_or("16")
                ),
            },
            Fix {
                title: words!(
                    "renew it in the next maintenance window, after the clients trust the new authority",
                    "クライアントに新しい認証局を信頼させてから、次のメンテナンスウィンドウで更新する"
                ),
                command: format!(
                    "aws rds modify-db-instance --db-instance-identifier {id} --ca-certificate-identifier rds-ca-rsa2048-g1 --no-apply-immediately --region {region}"
                ),
            },
        ],
    )])
}
