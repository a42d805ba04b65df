//! Commands that mend several faults alike, with the names of the snapshot.

use crate::{
    case::Case, check::Fix, evidence::revision_of, snapshot::Subject, words, words::Words,
};

/// Goes back to the revision that still runs: the safest while a deployment fails. `None` where only one is there.
pub fn go_back(case: &Case<'_>) -> Option<Fix> {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    let deployments = &case.service().ok()?.deployments;
    let previous = deployments
        .iter()
        .find(|deployment| deployment.status == "ACTIVE")?;
    let revision = revision_of(&previous.task_definition);
    Some(Fix {
        title: words!(
            "go back to the revision that still runs, {revision}",
            "動作中のリビジョン {revision} に戻す"
        ),
        command: format!(
            "aws ecs update-service --cluster {cluster} --service {service} --task-definition {revision} --region {region}"
        ),
    })
}

/// Lets ECS start tasks at once, where it waits longer after each failure.
pub fn start_again(case: &Case<'_>, title: Words) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    Fix {
        title,
        command: format!(
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}"
        ),
    }
}

/// Registers a revision that differs by `edit`, a filter of jq on the task definition, and deploys it.
pub fn edit(case: &Case<'_>, revision: &str, edit: &str, title: Words) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    let revision = revision_of(revision);
    let family = revision.split(':').next().unwrap_or(revision);
    Fix {
        title,
        command: format!(
            "aws ecs describe-task-definition --task-definition {revision} --query taskDefinition --region {region} | jq '{edit} | del(.taskDefinitionArn,.revision,.status,.requiresAttributes,.compatibilities,.registeredAt,.registeredBy)' > task-definition.json && aws ecs register-task-definition --cli-input-json file://task-definition.json --region {region} && aws ecs update-service --cluster {cluster} --service {service} --task-definition {family} --region {region}"
        ),
    }
}

/// The filter of jq for one container: `(.containerDefinitions[] | select(.name=="web"))`.
pub fn container(name: &str) -> String {
    format!("(.containerDefinitions[] | select(.name==\"{name}\"))")
}

/// Reads what the tasks write.
pub fn read_logs(case: &Case<'_>, title: Words) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    Fix {
        title,
        command: format!(
            "probe logs --cluster {cluster} --service {service} --since 15m --region {region}"
        ),
    }
}

/// Reads what a task wrote.
pub fn read_task(case: &Case<'_>, task: &str) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    Fix {
        title: words!(
            "read why it ended: its last log lines",
            "終了した理由を、最後のログで確認する"
        ),
        command: format!(
            "probe logs --cluster {cluster} --service {service} --task {task} --since 2h --region {region}"
        ),
    }
}

/// Repairs of the same kind belong together: one alone would mend a part.
pub fn joined(fixes: impl IntoIterator<Item = Fix>) -> Vec<Fix> {
    let mut found: Vec<Fix> = vec![];
    for fix in fixes {
        match found.iter_mut().find(|other| other.title == fix.title) {
            Some(other) if other.command.contains(&fix.command) => {}
            Some(other) => {
                other.command.push('\n');
                other.command.push_str(&fix.command);
            }
            None => found.push(fix),
        }
    }
    found
}
