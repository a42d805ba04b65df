"""Bringing one stack up to date, from whatever state it is in."""

from .changes import ChangeSet, refuse_danger
from .cli import Refused, ask, aws, say_in, stop
from .stack_policy import protect
from .watch import Live, is_final

# A stack whose creation failed can only go; nothing of it has ever been in use.
_STILLBORN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


class Consent:
    """What the person who runs us agrees to, and as whom CloudFormation acts."""

    def __init__(self, yes: bool, replace: list[str], role: str | None):
        self.yes, self.replace, self.role = yes, replace, role

    def to(self, question: str) -> bool:
        return self.yes or ask(question)


def bring_up(live: Live, parameters: dict[str, str], tags: dict[str, str], consent: Consent) -> None:
    """Create or update the stack, or end the run with the reason why not."""
    status = make_ready(live, consent)
    kind = "CREATE" if status in (None, "REVIEW_IN_PROGRESS") else "UPDATE"
    try:
        changes = ChangeSet(live, kind, parameters, tags, consent.role)
    except Refused as refused:
        stop(1, f"{live.name}: {refused}", say_in("Nothing was changed.", "何も変更していません。"))
    if changes.empty:
        changes.discard()
        protect(live)  # again, in case that a run before this one was cut off
        print(say_in("  no changes", "  変更なし"))
        return
    changes.show()
    endangered = changes.endangered()
    if any(name not in consent.replace for name in endangered):
        changes.discard()
        refuse_danger(live, endangered, consent.replace)
    if not consent.to(say_in(f"Do this to {live.name}?", f"{live.name} にこの変更を行いますか?")):
        changes.discard()
        stop(1, say_in("Nothing was changed.", "何も変更していません。"))
    if endangered:
        protect(live, but=endangered)
    status = changes.execute()
    if status in _GOOD or kind == "UPDATE":
        protect(live)
    if status not in _GOOD:
        explain(live, status)


def make_ready(live: Live, consent: Consent) -> str | None:
    """Wait for what runs, remove what was never finished, repair a stuck rollback; the state after it."""
    found = live.describe()
    status = found["StackStatus"] if found else None
    print(f"{live.name}: {status or say_in('new', '新規')}", flush=True)
    if found and not is_final(status):
        print(say_in("  AWS is still working on it; watching", "  AWS が処理中です。完了まで表示します"))
        deleting = status.startswith("DELETE")
        live.mark_beginning()
        status = live.wait(found["StackId"])
        if deleting and status == "DELETE_COMPLETE":
            return None
        if status not in (*_GOOD, "UPDATE_ROLLBACK_FAILED"):
            explain(live, status)
    if status in _STILLBORN:
        tell_why(live)
        question = say_in(
            f"{live.name} was never finished ({status}). Remove what is left of it and begin again?",
            f"{live.name} は作成に失敗したままです ({status})。残骸を削除してやり直しますか?",
        )
        if not consent.to(question):
            stop(1, say_in("Nothing was changed.", "何も変更していません。"))
        remove(live)
        return None
    if status == "UPDATE_ROLLBACK_FAILED":
        tell_why(live)
        question = say_in(
            f"The way back of {live.name} failed. Correct its cause first. Go on with the way back now?",
            f"{live.name} のロールバックが失敗しています。先に原因を取り除いてください。ロールバックを続けますか?",
        )
        if not consent.to(question):
            stop(1, say_in("Nothing was changed.", "何も変更していません。"))
        live.mark()
        aws("cloudformation", "continue-update-rollback", "--stack-name", live.name, region=live.region)
        status = live.wait()
        if status != "UPDATE_ROLLBACK_COMPLETE":
            explain(live, status)
    if status in ("DELETE_FAILED", "UPDATE_FAILED"):
        explain(live, status)
    return status


def remove(live: Live) -> None:
    """Delete a stack and wait until it is gone."""
    found = live.describe()
    if not found:
        return
    live.mark()
    aws("cloudformation", "delete-stack", "--stack-name", live.name, region=live.region)
    status = live.wait(found["StackId"])
    if status != "DELETE_COMPLETE":
        explain(live, status)


def tell_why(live: Live) -> None:
    """The failures that the stack's last events still hold."""
    live.failures = [
        (event["LogicalResourceId"], event["ResourceStatusReason"])
        for event in live.events()
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    for name, reason in live.root_failures():
        print(f"  {name}: {reason}")


def explain(live: Live, status: str) -> None:
    """End the run: what failed, and what to do next."""
    said = say_in("failed", "失敗")
    lines = [f"{live.name} {said} ({status})"]
    for name, reason in live.root_failures():
        lines.append(f"  {name}: {reason}")
    stop(1, *lines, "", *_next_steps(live, status))


def _next_steps(live: Live, status: str) -> list[str]:
    where = f" --region {live.region}" if live.region else ""
    if status in _STILLBORN:
        return [
            say_in(
                "Correct the cause and run the same command again: it removes the unfinished stack and begins it anew. "
                "Finished stacks are left alone.",
                "原因を取り除いて同じコマンドを再実行してください。未完成のスタックを削除して作り直します。完成したスタックには触れません。",
            )
        ]
    if status == "UPDATE_ROLLBACK_FAILED":
        return [
            say_in(
                "What ran before may still run. Correct what blocks the way back (the reason above names it) and run the "
                "same command again. A resource that cannot be saved is left out with:",
                "以前の版は動いている可能性があります。上の理由が示す障害を取り除き、同じコマンドを再実行してください。"
                "どうしても戻せないリソースは次のコマンドで除外できます。",
            ),
            f"  aws cloudformation continue-update-rollback --stack-name {live.name} --resources-to-skip NAME{where}",
        ]
    if status == "DELETE_FAILED":
        return [
            say_in(
                "It is being removed, and something blocks that. Finish with cloudformation/teardown, then deploy again.",
                "削除の途中で止まっています。cloudformation/teardown で削除を終えてから、もう一度デプロイしてください。",
            )
        ]
    if status == "UPDATE_FAILED":
        return [
            say_in(
                "Somebody updated it without a rollback. Go back first:",
                "ロールバックなしで更新されています。先に戻してください:",
            ),
            f"  aws cloudformation rollback-stack --stack-name {live.name}{where}",
        ]
    return [
        say_in(
            "What ran before still runs. Correct the cause and run the same command again.",
            "以前の版が動き続けています。原因を取り除いて同じコマンドを再実行してください。",
        )
    ]
