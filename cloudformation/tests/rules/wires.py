"""What holds between the stacks and with their parameter files and readers."""

from templates import LAYERS, imported, mappings

READ_OUTPUTS = {
    "platform": {"LoadBalancerDnsName", "RepositoryName", "RepositoryUri"},
    "service": {"ClusterName", "ServiceName"},
}


def every_import_is_exported_by_an_earlier_stack(stacks, _files):
    exported = set()
    for layer in LAYERS:
        for value in mappings(stacks[layer], "Fn::ImportValue"):
            name = imported({"Fn::ImportValue": value})
            if name not in exported:
                yield f"{layer} imports {name or value}, which no earlier stack exports"
        for key, output in stacks[layer].get("Outputs", {}).items():
            if "Export" in output:
                name = output["Export"]["Name"].get("Fn::Sub", "")
                if name != f"${{Prefix}}-{key}":
                    yield f"{layer} exports {key} under the name {name}"
                exported.add(key)


def every_export_is_imported_or_read(stacks, _files):
    used = {imported({"Fn::ImportValue": value}) for value in mappings(stacks, "Fn::ImportValue")}
    for layer, template in stacks.items():
        for key, output in template.get("Outputs", {}).items():
            if "Export" in output and key not in used | READ_OUTPUTS.get(layer, set()):
                yield f"{layer} exports {key}, which nobody uses"


def outputs_that_programs_read_exist(stacks, _files):
    for layer, names in READ_OUTPUTS.items():
        for name in sorted(names - set(stacks[layer]["Outputs"])):
            yield f"{layer} has no output {name}"


def every_parameter_file_key_is_a_parameter(stacks, files):
    known = {name: it for template in stacks.values() for name, it in template["Parameters"].items()}
    for environment, values in files.items():
        for key, value in values.items():
            if key not in known:
                yield f"{environment}.json sets {key}, which no template has"
                continue
            if not isinstance(value, str):
                yield f"{environment}.json: {key} must be a string for the AWS CLI"
            allowed = known[key].get("AllowedValues")
            if allowed and str(value) not in [str(it) for it in allowed]:
                yield f"{environment}.json: {key} may not be {value}"


def shared_parameters_agree(stacks, _files):
    seen = {}
    for layer, template in stacks.items():
        for name, it in template["Parameters"].items():
            shape = {key: it.get(key) for key in ("Type", "Default", "AllowedPattern", "AllowedValues")}
            first, expected = seen.setdefault(name, (layer, shape))
            if shape != expected:
                yield f"{name} differs between {first} and {layer}"


def every_resource_says_what_it_is_for(stacks, _files):
    for layer, template in stacks.items():
        for name, resource in template["Resources"].items():
            text = resource.get("Metadata", {}).get("Description", "")
            if not text or "\n" in text:
                yield f"{layer}: {name} has no one-line description"


RULES = [
    every_import_is_exported_by_an_earlier_stack,
    every_export_is_imported_or_read,
    outputs_that_programs_read_exist,
    every_parameter_file_key_is_a_parameter,
    shared_parameters_agree,
    every_resource_says_what_it_is_for,
]
