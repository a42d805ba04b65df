//! ECS refuses the CPU and memory of the task definition.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-task-size-invalid",
    classes: &["task-size-invalid"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "ECS refuses the task definition for its CPU and memory",
        ja: "タスク定義の CPU とメモリの組み合わせを ECS が受け付けません",
    },
    explains: &["ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["task-size-invalid"])?;
    let expected = words!(
        "the task definition is registered",
        "タスク定義が登録される"
    );
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let mut evidence = vec![told];
    let region = &case.target.region;
    let mut fix = vec![Fix {
        title: words!(
            "choose a pair that Fargate offers: Cpu 256 with 512, 1024 or 2048; 512 with 1024 to 4096; 1024 with 2048 to 8192; 2048 with 4096 to 16384 (in steps of 1024), and no container with more than the task",
            "Fargate が対応する組み合わせにする。Cpu 256 なら 512、1024、2048。512 なら 1024〜4096、1024 なら 2048〜8192、2048 なら 4096〜16384 (1024 刻み)。コンテナの値はタスクの値以下にする"
        ),
        command: "TaskDefinition:\n  Properties:\n    Cpu: \"512\"\n    Memory: \"1024\"".into(),
    }];
    let mut runs = String::new();
    if let Ok(definition) = case.task_definition() {
        let (cpu, memory) = (
            definition.cpu.as_deref().unwrap_or("?"),
            definition.memory.as_deref().unwrap_or("?"),
        );
        runs = revision_of(&definition.arn).to_owned();
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition cpu, memory",
            saw: words!(
                "{runs}, which still runs: {cpu} and {memory}",
                "動作中の {runs}: {cpu} と {memory}"
            ),
            expected: words!("the new revision", "新しいリビジョン"),
        });
    }
    if let Ok(Some(stack)) = case.stack() {
        let name = &stack.name;
        fix.push(Fix {
            title: words!(
                "see what the template asks for",
                "テンプレートの指定を確認する"
            ),
            command: format!(
                "aws cloudformation describe-stacks --stack-name {name} --query 'Stacks[0].[StackStatus,Parameters]' --region {region}"
            ),
        });
    }
    Ok(vec![Finding {
        subject: case.target.service.clone(),
        message: words!(
            "ECS refuses a new task definition, because Fargate has no such size; {runs} runs on",
            "Fargate にないサイズのため、新しいタスク定義を ECS が受け付けません。{runs} が動き続けています"
        ),
        evidence,
        fix,
    }])
}
