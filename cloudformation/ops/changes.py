"""The change set of a stack: made, shown, and carried out or thrown away."""

import json
import time

from .cli import Refused, aws, row, say_in, stop
from .stack_policy import forbids
from .watch import POLL_SECONDS, Live

_SIGNS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": ">", "Dynamic": "?"}
_EMPTY = ("didn't contain changes", "No updates are to be performed")


class ChangeSet:
    """What AWS would do to one stack."""

    def __init__(self, live: Live, kind: str, parameters: dict[str, str], tags: dict[str, str], role: str | None):
        self.live, self.kind = live, kind
        made = aws(
            *("cloudformation", "create-change-set", "--stack-name", live.name, "--change-set-type", kind),
            # Of its own for each run, so that nobody carries out what somebody else has looked at.
            *("--change-set-name", time.strftime("deploy-%Y%m%d-%H%M%S", time.gmtime())),
            *("--template-body", f"file://{live.stack.template}"),
            *("--parameters", json.dumps([{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])),
            *("--tags", json.dumps([{"Key": k, "Value": v} for k, v in tags.items()])),
            *("--capabilities", *live.stack.capabilities),
            *(("--role-arn", role) if role else ()),
            region=live.region,
        )
        self.id = made["Id"]
        found = self._finished()
        self.changes = [it["ResourceChange"] for it in found.get("Changes", []) if it["Type"] == "Resource"]
        reason = found.get("StatusReason", "")
        self.empty = found["Status"] == "FAILED" and any(words in reason for words in _EMPTY)
        if found["Status"] == "FAILED" and not self.empty:
            self.discard()
            raise Refused(reason)

    def _finished(self) -> dict:
        while True:
            found = aws("cloudformation", "describe-change-set", "--change-set-name", self.id, region=self.live.region)
            if not found["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
                return found
            time.sleep(min(POLL_SECONDS, 2))

    def show(self) -> None:
        """One line a change: what, which properties, and what the resource is for."""
        purposes = self.live.stack.purposes()
        kinds = [it["ResourceType"].removeprefix("AWS::") for it in self.changes]
        names = max((len(it["LogicalResourceId"]) for it in self.changes), default=0)
        for change, kind in zip(self.changes, kinds, strict=True):
            name = change["LogicalResourceId"]
            touched = {it["Target"].get("Name") for it in change.get("Details", []) if "Target" in it} - {None}
            print(row(
                f"  {_SIGNS.get(change['Action'], '?')} {name:<{names}} {kind:<{max(map(len, kinds))}} ",
                purposes.get(name, "") + (f" ({', '.join(sorted(touched))})" if touched else "") + _warning(change),
            ))

    def endangered(self) -> list[str]:
        """The resources to which this would do, or might, what takes a word of its own."""
        return [it["LogicalResourceId"] for it in self.changes if forbids(self.live, it)]

    def execute(self) -> str:
        """Carry it out and tell what happens; the state of the stack at the end."""
        self.live.mark()
        aws("cloudformation", "execute-change-set", "--change-set-name", self.id, region=self.live.region)
        return self.live.wait()

    def discard(self) -> None:
        """Forget it, and the empty shell of a stack that was to be made."""
        aws("cloudformation", "delete-change-set", "--change-set-name", self.id, region=self.live.region)
        if self.kind == "CREATE":
            aws("cloudformation", "delete-stack", "--stack-name", self.live.name, region=self.live.region)


def _warning(change: dict) -> str:
    if change.get("Replacement") == "True":
        return say_in("  REPLACED: a new one is made and this one goes", "  置き換え: 新しく作成し、今のものは削除")
    if change.get("Replacement") == "Conditional":
        return say_in("  may be replaced", "  置き換えの可能性あり")
    return ""


def refuse_danger(live: Live, endangered: list[str], allowed: list[str]) -> None:
    """Data is not lost by a yes that was meant for something else, and traffic not sent to nobody."""
    if missing := [name for name in endangered if name not in allowed]:
        rules = [name for name in missing if "Update:*" in live.stack.protected[name]]
        data = [name for name in missing if name not in rules]
        lines = []
        if data:
            lines.append(say_in(
                f"{live.name}: this would replace or remove, or might: {', '.join(data)}. Data is in it.",
                f"{live.name}: データを持つリソース {', '.join(data)} が置き換えまたは削除される可能性があります。",
            ))
        if rules:
            lines.append(say_in(
                f"{live.name}: this changes {', '.join(rules)}, whose weights ECS has set: people may reach no task. "
                "Do it while no deployment runs, and deploy the service at once afterwards.",
                f"{live.name}: {', '.join(rules)} が変更されます。重みは ECS が設定しているため、リクエストがタスクに届かなくなるおそれがあります。"
                "デプロイ中でないときに行い、直後にサービスをデプロイしてください。",
            ))
        options = " ".join(f"--replace {name}" for name in missing)
        stop(
            1,
            *lines,
            say_in(
                "Nothing was changed. If you mean it"
                + (", make a snapshot first and" if data else ",") + f" run the same command with {options}",
                "何も変更していません。意図した変更なら、"
                + ("先にスナップショットを取り、" if data else "") + f"同じコマンドに次を付けて実行してください: {options}",
            ),
        )
