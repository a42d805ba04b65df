"""cloudformation-validate has no command line: takes a job as JSON, prints its findings as JSON.

Runs in .venv-checkers, alone: it shares nothing with the other tests.
"""

import json
import pathlib
import sys

from cloudformation_validate import (
    CompositeEngine,
    CompositeEngineConfig,
    PseudoParameterOverrides,
    Severity,
    ValidateConfig,
    file_to_external_rule_source,
)


def main():
    job = json.loads(sys.argv[1])
    engine = CompositeEngine(CompositeEngineConfig(guard_rules=[file_to_external_rule_source(job["guard"])]))
    found = []
    for file, values in job["files"].items():
        text = pathlib.Path(file).read_text(encoding="utf-8")
        known = {name: value for name, value in values.items() if f"\n  {name}:\n    Type:" in text}
        region = "us-east-1" if "regions: [us-east-1]" in text else job["region"]
        config = ValidateConfig(parameter_overrides=known, pseudo_parameter_overrides=PseudoParameterOverrides(region=region))
        for it in engine.validate_template(file, config).diagnostics:
            if it.severity not in (Severity.INFO, Severity.DEBUG):
                entity = it.entity.logical_id if it.entity and getattr(it.entity, "logical_id", None) else ""
                found.append([it.rule_id, file, entity, it.message])
    print(json.dumps(found))


main()
