"""What must hold between the templates: of all of them as they are written, or of what each layout makes of them."""

import layouts

from . import alerts, data, entrance, load_workers, network, roles, rollout, stopped_tasks, task, wires

WHOLE = {rule.__name__: rule for rule in wires.RULES}
DECIDED = {
    rule.__name__: rule
    for subject in (network, task, rollout, entrance, data, stopped_tasks, alerts, roles, load_workers)
    for rule in subject.RULES
}
RULES = WHOLE | DECIDED


def broken(name, stacks, files):
    """What a rule finds, with the layout that it finds it in."""
    if name in WHOLE:
        yield from WHOLE[name](stacks, files)
        return
    for layout, given in layouts.layouts(files).items():
        for found in DECIDED[name](layouts.decide(stacks, given), layouts.values_of(stacks, given)):
            yield f"{layout}: {found}"
