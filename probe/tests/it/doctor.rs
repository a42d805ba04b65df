//! `probe doctor`: what it says of a healthy place and of every kind of trouble.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use probe::{
    collect::{Api, Examination, Identity},
    render,
    snapshot::Unobserved,
    views::{About, Doctor, Setting, State},
    words::Lang,
};

use crate::{probe, run, views::golden};

const ACTIONS: [&str; 4] = [
    "cloudwatch:DescribeAlarms",
    "ecs:ListClusters",
    "elasticloadbalancing:DescribeTargetGroups",
    "rds:DescribeDBInstances",
];

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_378_400, 0).unwrap()
}

fn refused(operation: &str, code: &str, message: &str) -> Unobserved {
    Unobserved {
        operation: operation.into(),
        code: code.into(),
        message: message.into(),
    }
}

fn well() -> Examination {
    let api = |action| Api {
        action,
        took: Duration::from_millis(41),
        refused: None,
    };
    Examination {
        region: "ap-northeast-1".into(),
        identity: Ok(Identity {
            account: "123456789012".into(),
            arn: "arn:aws:sts::123456789012:assumed-role/events-probe/ann".into(),
        }),
        clock_ahead: Some(TimeDelta::milliseconds(-700)),
        apis: ACTIONS.map(api).into(),
        denied: Ok(vec![]),
    }
}

fn state(examination: &Examination, about: About) -> State {
    let doctor = Doctor::new(&Setting::default(), Some(examination), at(), Lang::En);
    let findings = doctor.findings.iter();
    let states = findings.filter(|finding| finding.about == about);
    states.map(|finding| finding.state).next_back().unwrap()
}

fn here() -> Setting {
    Setting {
        machine: "linux x86_64".into(),
        ..Setting::default()
    }
}

fn told(name: &str, setting: &Setting, examination: Option<&Examination>, worst: State) {
    golden(&format!("doctor.{name}"), |lang, screen| {
        let doctor = Doctor::new(setting, examination, at(), lang);
        assert_eq!(doctor.worst(), worst, "{doctor:#?}");
        render::doctor(&doctor, screen)
    });
}

#[test]
fn a_place_where_all_is_well() {
    told("well", &here(), Some(&well()), State::Good);
}

#[test]
fn a_wrong_clock_and_missing_permissions() {
    let mut examination = well();
    examination.clock_ahead = Some(TimeDelta::minutes(9));
    examination.denied = Ok(vec![
        "ec2:DescribeSubnets".into(),
        "rds:DescribeEvents".into(),
    ]);
    let action = "rds:DescribeDBInstances";
    examination.apis[3].refused = Some(refused(action, "AccessDenied", "User: ann is not"));
    told("denied", &here(), Some(&examination), State::Bad);
}

#[test]
fn nobody_is_logged_in() {
    let why = "the credential provider was not enabled";
    let mut examination = well();
    for api in &mut examination.apis {
        api.refused = Some(refused(api.action, "CallFailed", why));
    }
    let identity = refused("sts:GetCallerIdentity", "CallFailed", why);
    examination.identity = Err(identity.clone());
    examination.denied = Err(identity);
    examination.clock_ahead = None;
    told("logged-out", &here(), Some(&examination), State::Bad);
}

#[test]
fn the_network_is_closed_and_a_proxy_would_be_needed() {
    let mut examination = well();
    for api in &mut examination.apis[1..] {
        let why = "dispatch failure: io error: dns error";
        api.refused = Some(refused(api.action, "ConnectionFailed", why));
    }
    examination.denied = Err(refused(
        "iam:SimulatePrincipalPolicy",
        "Timeout",
        "the call did not answer in time",
    ));
    let setting = Setting {
        proxies: vec!["HTTPS_PROXY"],
        profile: Some("ops".into()),
        ..here()
    };
    told("closed", &setting, Some(&examination), State::Bad);
}

#[test]
fn a_profile_that_does_not_exist_ends_it_early() {
    let setting = Setting {
        unknown_profile: Some(("opps".into(), ["ops".to_owned()].into())),
        ..here()
    };
    told("profile", &setting, None, State::Bad);
}

#[test]
fn clocks_are_judged_by_what_aws_still_takes() {
    for (seconds, expected) in [
        (0, State::Good),
        (-59, State::Good),
        (60, State::Doubtful),
        (-299, State::Doubtful),
        (300, State::Bad),
        (-86_400, State::Bad),
    ] {
        let examination = Examination {
            clock_ahead: Some(TimeDelta::seconds(seconds)),
            ..well()
        };
        assert_eq!(state(&examination, About::Clock), expected, "{seconds}");
    }
    let examination = Examination {
        clock_ahead: None,
        ..well()
    };
    assert_eq!(state(&examination, About::Clock), State::Unknown);
}

#[test]
fn what_aws_refuses_is_told_from_what_was_not_seen() {
    for (code, expected) in [
        ("ExpiredToken", State::Bad),
        ("InvalidClientTokenId", State::Bad),
        ("AccessDenied", State::Bad),
        ("Timeout", State::Unknown),
    ] {
        let examination = Examination {
            identity: Err(refused("sts:GetCallerIdentity", code, "no")),
            ..well()
        };
        assert_eq!(state(&examination, About::Credentials), expected, "{code}");
    }
    let mut root = well();
    root.identity.as_mut().unwrap().arn = "arn:aws:iam::123456789012:root".into();
    assert_eq!(state(&root, About::Credentials), State::Doubtful);
    // A name that does not exist was looked for: such an answer is an answer.
    let mut examination = well();
    let action = examination.apis[0].action;
    examination.apis[0].refused = Some(refused(action, "ResourceNotFoundException", "no"));
    assert_eq!(state(&examination, About::Network), State::Good);
    examination.denied = Err(refused("iam:GetRole", "AccessDenied", "no"));
    assert_eq!(state(&examination, About::Permissions), State::Unknown);
}

#[test]
fn without_a_region_it_says_what_to_set() {
    let (code, out, err) = run(probe().arg("doctor"));
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(
        out.contains("✗ Region") && out.contains("AWS_REGION"),
        "{out}"
    );
}
