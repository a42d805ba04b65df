"""Draws the stacks as Mermaid from the templates themselves: what there is, who talks to whom, who uses what.

  python3 cloudformation/tests/diagram.py      renews the drawings in README.md and README.ja.md
"""

import pathlib

import layouts
import templates

MARKS = ("<!-- generated from the templates by make diagram -->", "<!-- end of the generated part -->")
FILES = {"en": templates.ROOT / "README.md", "ja": templates.ROOT / "README.ja.md"}
# The types that a reader looks for; all of one type in a stack are one box.
SHOWN = {
    "AWS::EC2::InternetGateway": ("internet gateway", "インターネットゲートウェイ"),
    "AWS::EC2::NatGateway": ("NAT gateway", "NAT ゲートウェイ"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load balancer", "ロードバランサー"),
    "AWS::ECS::Service": ("tasks on Fargate", "Fargate のタスク"),
    "AWS::RDS::DBInstance": ("PostgreSQL", "PostgreSQL"),
    "AWS::SecretsManager::Secret": ("secret", "シークレット"),
    "AWS::ECR::Repository": ("images", "イメージ"),
    "AWS::ECS::Cluster": ("cluster", "クラスター"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("target group", "ターゲットグループ"),
}
WORDS = {"internet": ("internet", "インターネット"), "uses": ("uses", "使う")}
RULE = "AWS::EC2::SecurityGroup"


class Graph:
    """Every resource of every stack, as (stack, name), and what it refers to."""

    def __init__(self, stacks):
        self.stacks = stacks
        self.exports = {}
        for layer, template in stacks.items():
            for output in template.get("Outputs", {}).values():
                if "Export" in output:
                    name = output["Export"]["Name"]["Fn::Sub"].removeprefix("${Prefix}-")
                    self.exports[name] = {(layer, it) for it in self._named(layer, output["Value"])}
        self.uses = {
            (layer, name): self._references(layer, resource.get("Properties", {}))
            for layer, template in stacks.items()
            for name, resource in template["Resources"].items()
        }

    def _named(self, layer, value):
        """The resources of the same stack that a value names by Ref, GetAtt or Sub."""
        resources, found = self.stacks[layer]["Resources"], set()
        for it in templates.walk(value):
            if isinstance(it, dict) and "Ref" in it:
                found.add(it["Ref"])
            elif isinstance(it, dict) and "Fn::GetAtt" in it:
                found.add(it["Fn::GetAtt"][0])
            elif isinstance(it, str):
                found |= {name for name in resources if f"${{{name}}}" in it or f"${{{name}." in it}
        return found & set(resources)

    def _references(self, layer, properties):
        found = {(layer, name) for name in self._named(layer, properties)}
        for it in templates.walk(properties):
            if isinstance(it, dict) and "Fn::ImportValue" in it:
                found |= self.exports.get(templates.imported(it), set())
        return found

    def kind(self, node):
        return self.stacks[node[0]]["Resources"][node[1]]["Type"]

    def shown(self):
        return [node for node in self.uses if self.kind(node) in SHOWN]

    def reached(self, node):
        """The boxes that a resource refers to, itself or through what has no box."""
        found, todo, seen = set(), list(self.uses[node]), set()
        while todo:
            it = todo.pop()
            if it in seen:
                continue
            seen.add(it)
            if self.kind(it) in SHOWN:
                found.add(it)
            elif not self.kind(it).startswith("AWS::EC2::"):
                todo += self.uses[it]
        return found - {node}

    def members(self, group):
        """The boxes whose network interfaces are in a security group."""
        return [node for node in self.shown() if group in self.uses[node]]

    def traffic(self):
        """Pairs of boxes, or "internet", with the ports that the security groups open between them."""
        found = {}
        for node in self.uses:
            if self.kind(node) != f"{RULE}Ingress":
                continue
            about = self.stacks[node[0]]["Resources"][node[1]]["Properties"]
            source = next((it for it in ("SourceSecurityGroupId", "CidrIp", "SourcePrefixListId") if it in about), None)
            if source == "SourceSecurityGroupId":
                sources = [it for group in self._references(node[0], about[source]) for it in self.members(group)]
            else:
                sources = ["internet"] if about.get("CidrIp") == "0.0.0.0/0" else []
            for group in self._references(node[0], about["GroupId"]):
                for target in self.members(group):
                    for it in sources:
                        found.setdefault((it, target), set()).add(int(about["ToPort"]))
        return found


    def ways_out(self):
        """Pairs of a box and the gateway that the routes of its subnets lead to."""
        found = set()
        every = [node for node in self.uses if self.kind(node) == "AWS::EC2::Route"]
        tied = [node for node in self.uses if self.kind(node) == "AWS::EC2::SubnetRouteTableAssociation"]
        for route in every:
            tables = {it for it in self.uses[route] if self.kind(it) == "AWS::EC2::RouteTable"}
            gateways = {it for it in self.uses[route] if self.kind(it) in SHOWN}
            subnets = {
                it for one in tied if self.uses[one] & tables for it in self.uses[one] if self.kind(it) == "AWS::EC2::Subnet"
            }
            users = [node for node in self.shown() if self.uses[node] & subnets]
            found |= {(user, gateway) for user in users for gateway in gateways}
        return found


def draw(lang):
    """The drawing in one language."""
    # As in production with a certificate: what every layout has, and nothing of the others.
    values = templates.parameter_files()["prod"] | {"CertificateArn": layouts.CERTIFICATE}
    graph = Graph(layouts.decide(templates.load(), values))
    pick = 0 if lang == "en" else 1

    def box(node):
        return "internet" if node == "internet" else f"{node[0]}_{graph.kind(node).rpartition('::')[2]}"

    lines = ["```mermaid", "flowchart LR", f"  internet(({WORDS['internet'][pick]}))"]
    for layer in graph.stacks:
        kinds = sorted({graph.kind(node) for node in graph.shown() if node[0] == layer})
        if kinds:
            lines.append(f"  subgraph {layer}")
            lines += [f"    {layer}_{kind.rpartition('::')[2]}[{SHOWN[kind][pick]}]" for kind in kinds]
            lines.append("  end")
    ports = {}
    for (source, target), open_ports in graph.traffic().items():
        ports.setdefault((box(source), box(target)), set()).update(open_ports)
    for (source, target), open_ports in sorted(ports.items()):
        lines.append(f"  {source} -->|{', '.join(map(str, sorted(open_ports)))}| {target}")
    out = sorted({(box(node), box(gateway)) for node, gateway in graph.ways_out()})
    lines += [f"  {source} --> {gateway}" for source, gateway in out]
    lines += [f"  {gateway} --> internet" for gateway in sorted({it for _, it in out} - {it for it, _ in out})]
    pairs = {(box(node), box(other)) for node in graph.shown() for other in graph.reached(node)}
    lines += [f"  {one} -. {WORDS['uses'][pick]} .-> {other}" for one, other in sorted(pairs - set(ports) - set(out)) if one != other]
    return "\n".join([*lines, "```"])


def renewed(path: pathlib.Path, lang: str) -> str:
    """The file with its drawing as the templates are now."""
    before, _, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n\n{draw(lang)}\n\n{MARKS[1]}{after}"


if __name__ == "__main__":
    for language, file in FILES.items():
        file.write_text(renewed(file, language), encoding="utf-8")
