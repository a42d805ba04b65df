"""The load balancer's listeners: HTTPS, login, who needs none, logs."""

from templates import only, resources_of

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
HSTS = "routing.http.response.strict_transport_security.header_value"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


def listeners_do_what_the_certificate_allows(stacks, values):
    found = {it["Properties"]["Port"]: it["Properties"] for it in resources_of(stacks["platform"], LISTENER).values()}
    public = values["LoadBalancerClients"] == "internet"
    expected = {80: "forward"} if not values["CertificateArn"] else {443: "login" if values["Auth"] == "alb-oidc" else "forward"}
    if values["CertificateArn"] and public:
        expected[80] = "redirect"
    kinds = {port: [action["Type"] for action in it["DefaultActions"]] for port, it in found.items()}
    wanted = {port: {"login": ["authenticate-oidc", "forward"]}.get(kind, [kind]) for port, kind in expected.items()}
    if kinds != wanted:
        yield f"the listeners do {kinds} instead of {wanted}"
    if 443 in found and not (found[443].get("Certificates") and found[443]["Protocol"] == "HTTPS" and "TLS13-1-2" in found[443].get("SslPolicy", "")):
        yield "HTTPS without certificate, or with an old TLS"
    for port, it in found.items():
        told = [attribute["Value"] for attribute in it.get("ListenerAttributes", []) if attribute["Key"] == HSTS]
        if (port == 443) != (told == ["max-age=31536000"]):
            yield f"port {port} tells browsers {told} about HTTPS"


def the_login_keeps_its_secret(stacks, values):
    if values["Auth"] != "alb-oidc":
        return
    for listener in resources_of(stacks["platform"], LISTENER).values():
        for action in listener["Properties"]["DefaultActions"]:
            login = action.get("AuthenticateOidcConfig")
            if login and not str(login["ClientSecret"]).startswith("{'Fn::Sub': '{{resolve:secretsmanager:${OidcClientSecretArn}:SecretString:"):
                yield "the secret of the login does not come from Secrets Manager"
            if login and login.get("OnUnauthenticatedRequest") != "authenticate":
                yield "strangers get in"


def only_calendars_need_no_login(stacks, values):
    if values["Auth"] != "alb-oidc":
        return
    through = []
    for name, rule in resources_of(stacks["platform"], RULE).items():
        about = rule["Properties"]
        if about["ListenerArn"] != {"Ref": "HttpsListener"}:
            yield f"{name} is not a rule of the listener that logs people in"
        if about["Actions"] != [{"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}]:
            yield f"{name} does not hand requests to the tasks"
        through += [value for condition in about["Conditions"] for value in condition.get("PathPatternConfig", {}).get("Values", ["*"])]
    if through != ["/feeds/*"]:
        yield f"without a login one reaches {through}"


def the_load_balancer_is_careful(stacks, _values):
    balancer = only(stacks["platform"], "AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {it["Key"]: it["Value"] for it in balancer["LoadBalancerAttributes"]}
    for key, value in {
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": {"Ref": "AccessLogBucket"},
        "idle_timeout.timeout_seconds": "60",
    }.items():
        if attributes.get(key) != value:
            yield f"{key} is {attributes.get(key)}"
    if "deletion_protection.enabled" not in attributes:
        yield "the load balancer can be deleted by accident"
    name = next(iter(resources_of(stacks["platform"], "AWS::ElasticLoadBalancingV2::LoadBalancer")))
    if stacks["platform"]["Resources"][name].get("DependsOn") != "AccessLogBucketPolicy":
        yield "the load balancer may come before it is allowed to write its logs"


RULES = [
    listeners_do_what_the_certificate_allows,
    the_login_keeps_its_secret,
    only_calendars_need_no_login,
    the_load_balancer_is_careful,
]
