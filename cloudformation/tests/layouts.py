"""What the templates come to with given parameters: conditions decided, branches taken, values filled in."""

NOTHING = object()

CERTIFICATE = "arn:aws:acm:ap-northeast-1:123456789012:certificate/1"
SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:x-AbCdEf"
LOGIN = {
    "Auth": "alb-oidc",
    "CertificateArn": CERTIFICATE,
    "OidcIssuer": "https://login.example.com",
    "OidcAuthorizationEndpoint": "https://login.example.com/authorize",
    "OidcTokenEndpoint": "https://login.example.com/token",
    "OidcUserInfoEndpoint": "https://login.example.com/userinfo",
    "OidcClientId": "events",
    "OidcClientSecretArn": SECRET,
}
# Every choice that a parameter offers is made in one of these at least; a test holds that.
VARIANTS = {
    "https": {"CertificateArn": CERTIFICATE, "NatGateways": "2"},
    "login": LOGIN,
    "blue-green": {"TrafficShifting": "true", "DeploymentStrategy": "BLUE_GREEN", "Approval": "true", "CertificateArn": CERTIFICATE},
    "canary": {"TrafficShifting": "true", "DeploymentStrategy": "CANARY", "CpuArchitecture": "ARM64", "SpotWeight": "1"},
    "linear": {"TrafficShifting": "true", "DeploymentStrategy": "LINEAR", "Approval": "true", "FastScaling": "true"},
    "public tasks": {"NatGateways": "0", "TaskSubnets": "public", "FlowLogs": "none"},
    "endpoints": {"NatGateways": "0", "InterfaceEndpoints": "two-zones", "FlowLogs": "all"},
    "endpoints in one zone": {"NatGateways": "0", "InterfaceEndpoints": "one-zone"},
    "regional NAT": {"NatGateways": "regional", "RestartNonce": "2", "MasterSecret": "managed"},
    "CloudFront": {"LoadBalancerClients": "cloudfront", "CloudFrontPrefixListId": "pl-1", "CertificateArn": CERTIFICATE},
    "event day": {
        "EventDayBegin": "at(2026-12-01T17:30:00)",
        "EventDayEnd": "at(2026-12-01T22:00:00)",
        "StopAt": "cron(0 20 ? * MON-FRI *)",
        "StartAt": "cron(30 8 ? * MON-FRI *)",
        "DatabaseStopAt": "cron(15 20 ? * MON-FRI *)",
        "DatabaseStartAt": "cron(10 8 ? * MON-FRI *)",
    },
    "told": {
        "AlertEmail": "ops@example.com",
        "SlackWebhookSecretArn": SECRET,
        "SlackLanguage": "en",
        "MetricsClientGroupId": "sg-1",
        "PublicUrl": "https://events.example.com",
        "MonthlyBudget": "0",
    },
    "development": {"ExecuteCommand": "true", "MonitoringInterval": "0", "AppEnv": "development", "ContainerInsights": "enhanced"},
    "restored": {"RestoreFromSnapshot": "before-the-accident", "ApplyImmediately": "true", "CheckSecretKeys": "true"},
}


def layouts(files):
    """All sets of parameters under which the templates must be right, by name."""
    return {"defaults": {}, **files, **VARIANTS}


def values_of(stacks, given):
    """Every parameter's value: as given, or its default."""
    defaults = {
        name: about["Default"]
        for template in stacks.values()
        for name, about in template.get("Parameters", {}).items()
        if "Default" in about
    }
    return {**defaults, **given}


def decide(stacks, given):
    """The templates without parameters and conditions, as they are deployed with these values."""
    values = values_of(stacks, given)
    return {name: _decide(template, values) for name, template in stacks.items()}


def _decide(template, values):
    known = {name: values[name] for name in template.get("Parameters", {}) if name in values and name != "Prefix"}
    conditions = template.get("Conditions", {})

    def true(node):
        (kind, of), *_ = node.items()
        if kind == "Condition":
            return true(conditions[of])
        if kind == "Fn::Equals":
            left, right = (fill(side) for side in of)
            return str(left) == str(right)
        if kind == "Fn::Not":
            return not true(of[0])
        return (all if kind == "Fn::And" else any)(true(each) for each in of)

    def fill(node):
        if isinstance(node, list):
            return [made for made in map(fill, node) if made is not NOTHING]
        if not isinstance(node, dict):
            return node
        if "Fn::If" in node:
            condition, yes, no = node["Fn::If"]
            return fill(yes if true(conditions[condition]) else no)
        if node.get("Ref") == "AWS::NoValue":
            return NOTHING
        if "Ref" in node and node["Ref"] in known:
            return known[node["Ref"]]
        made = {key: fill(value) for key, value in node.items()}
        return {key: value for key, value in made.items() if value is not NOTHING}

    def kept(section):
        return {
            name: fill(body)
            for name, body in template.get(section, {}).items()
            if "Condition" not in body or true(conditions[body["Condition"]])
        }

    return {**template, "Resources": kept("Resources"), "Outputs": kept("Outputs")}
