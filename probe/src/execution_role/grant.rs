//! What gives the execution role what it lacks: a command for now, a template for good.

use std::collections::BTreeMap;

use super::Lack;
use crate::{case::Case, check::Fix, evidence::name_of, supply::Need, words};

impl Lack<'_> {
    /// The missing actions, for a sentence.
    pub fn actions(&self) -> String {
        let mut actions: Vec<&str> = vec![];
        for need in &self.needs {
            if !actions.contains(&need.action) {
                actions.push(need.action);
            }
        }
        actions.join(", ")
    }

    /// The names of what they are missing on, for a sentence.
    pub fn resources(&self) -> String {
        let mut names: Vec<&str> = vec![];
        for need in &self.needs {
            let name = name_of(need.resource.trim_end_matches(":*"));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(", ")
    }

    /// What gives the role the permission, under a policy name of its own so that nothing is overwritten.
    pub fn fix(&self, case: &Case<'_>, policy: &str) -> Vec<Fix> {
        let (name, region) = (name_of(self.role), &case.target.region);
        let groups = grouped(&self.needs);
        let mut fix = vec![];
        if self.is_forbidden {
            let (action, resource) = self
                .needs
                .first()
                .map_or(("", "*"), |need| (need.action, need.resource.as_str()));
            fix.push(Fix {
                title: words!(
                    "find the policy that forbids it and take that statement back; allowing it elsewhere does not help",
                    "拒否しているポリシーを探し、その文を取り除く (別のポリシーで許可しても効果がない)"
                ),
                command: format!(
                    "aws iam simulate-principal-policy --policy-source-arn {} --action-names {action} --resource-arns '{resource}' --query 'EvaluationResults[].[EvalDecision,MatchedStatements[].SourcePolicyId]' --region {region}",
                    self.role
                ),
            });
            return fix;
        }
        let title = match self.swapped.map(name_of) {
            Some(task_role) => words!(
                "give the permission to the execution role {name} (what the task role {task_role} may do is for the application only)",
                "権限をタスク実行ロール {name} に付ける (タスクロール {task_role} の権限はアプリケーション用)"
            ),
            None => words!(
                "let the execution role do exactly this; the next task starts within a few minutes",
                "タスク実行ロールにこの操作だけを許可する (数分以内に次のタスクが起動する)"
            ),
        };
        let statement = |(actions, resources): &(Vec<&str>, Vec<&str>)| {
            format!(
                r#"{{"Effect":"Allow","Action":{},"Resource":{}}}"#,
                json(actions),
                json(resources)
            )
        };
        let statements: Vec<String> = groups.iter().map(statement).collect();
        fix.push(Fix {
            title,
            command: format!(
                r#"aws iam put-role-policy --role-name {name} --policy-name {policy} --policy-document '{{"Version":"2012-10-17","Statement":[{}]}}' --region {region}"#,
                statements.join(",")
            ),
        });
        let statement = |(actions, resources): &(Vec<&str>, Vec<&str>)| {
            format!(
                "      - Effect: Allow\n        Action: {}\n        Resource: {}\n",
                json(actions),
                json(resources)
            )
        };
        fix.push(Fix {
            title: words!(
                "and in the template of that role, so that the next deployment keeps it",
                "次のデプロイでも残るよう、ロールのテンプレートにも加える"
            ),
            command: format!(
                "Policies:\n- PolicyName: {policy}\n  PolicyDocument:\n    Version: \"2012-10-17\"\n    Statement:\n{}",
                groups.iter().map(statement).collect::<String>().trim_end()
            ),
        });
        fix
    }
}

/// One entry for each statement: the actions on the same resources.
fn grouped(needs: &[Need]) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut actions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for need in needs {
        actions.entry(&need.resource).or_default().push(need.action);
    }
    let mut resources: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for (resource, mut on) in actions {
        on.sort_unstable();
        on.dedup();
        resources.entry(on).or_default().push(resource);
    }
    resources.into_iter().collect()
}

fn json(items: &[&str]) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", items.join(","))
}
