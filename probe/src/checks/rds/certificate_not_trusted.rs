//! The client verifies the server certificate and does not know the certificate authority of RDS.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-certificate-not-trusted",
    classes: &["db-ca-not-trusted"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application does not trust the database's certificate",
        ja: "アプリケーションがデータベースの証明書を信頼していません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a certificate of a known authority", "既知の認証局の証明書");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    if let Some(authority) = heard
        .database
        .and_then(|database| database.certificate_authority.clone())
    {
        heard.evidence.push(Evidence {
            source: "rds:DescribeDBInstances CACertificateIdentifier",
            saw: Words::verbatim(authority),
            expected: words!(
                "an authority in the client's bundle",
                "クライアントのバンドルに含まれる認証局"
            ),
        });
    }
    let name = heard.name.clone();
    let region = &case.target.region;
    Ok(vec![heard.finding(
        words!(
            "the tasks do not trust the certificate of {name}: the image lacks the RDS certificate bundle",
            "タスクが {name} の証明書を信頼していません。イメージに RDS の証明書バンドルがありません"
        ),
        vec![Fix { title: words!("put the bundle into the image and name it in the connection settings (sslrootcert)", "証明書バンドルをイメージに入れ、接続設定 (sslrootcert) で指定する"), command: format!("curl --fail --output rds-ca.pem https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem") }, release(words!("then deploy the new image", "新しいイメージをデプロイする"))],
    )])
}
