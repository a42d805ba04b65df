//! Images and registries.

use crate::reading::rule::{Rule, fault};

const PULL: &str = "cannotpull|pull|resolve ref|manifest|repository|registry|image";
const GONE: &str = "not found|manifest unknown|manifest_unknown|does not exist|manifest invalid|notfound|not_found|name_unknown|cannot be found|can't be found";

pub(super) const RULES: &[Rule] = &[
    fault("image-repository-missing", &["repository", "does not exist|not found|name_unknown|repositorynotfound|name unknown"])
        .unless("is not authorized|not authorized to perform|efs"),
    fault("image-repository-missing", &["repositorynotfoundexception|name unknown:|name_unknown|repository name not known|requested access to the resource is denied|insufficient_scope"])
        .unless("not authorized to perform"),
    fault("image-repository-missing", &["pull access denied"])
        .unless("not authorized to perform|is not authorized"),
    fault("image-repository-missing", &["pull|resolve ref|/v2/", "404 not found|status code 404"])
        .unless("manifests/|[manifests|manifest unknown|manifest for"),
    fault("image-repository-missing", &["docker.io/|docker hub|ghcr.io|gitlab", "pull access|authorization failed|server message: insufficient|failed to authorize"])
        .unless("429|toomanyrequests|i/o timeout|incorrect username|not authorized to perform"),
    fault("image-tag-missing", &["manifest for|manifest unknown|manifest_unknown|manifests/", GONE])
        .unless("repositorynotfound|name unknown"),
    fault("image-tag-missing", &["resolve ref|resolve reference|resolve image|pull image manifest|reading manifest|pull manifest|resolve digest", GONE])
        .unless("repository does not exist|repositorynotfound|name unknown|no such host|does not exist or no pull access")
        .supports(&["image-repository-missing"]),
    fault("image-tag-missing", &["imagenotfoundexception|requested image not found|image with imageid|image tag|tag does not exist|no such tag|tag|digest", GONE])
        .unless("task definition|staging label|repository does not exist|taggederror|tag policy|untagged|log group|target group"),
    fault("image-tag-missing", &["failed to get digest|image digest|couldn't resolve digest|unable to resolve image|image tag"])
        .unless("denied|timeout")
        .weak()
        .possible(),
    fault("ecr-cross-account-policy-missing", &["no resource-based policy allows the ecr:|repository policy|cross-account|cross account", PULL])
        .strong()
        .certain()
        .supports(&["exec-role-missing-ecr-permission"]),
    fault("ecr-cross-account-policy-missing", &["error: image", "not found"])
        .possible()
        .supports(&["image-tag-missing", "image-repository-missing"]),
    fault("image-platform-mismatch", &["descriptor matching platform|descriptor for platform|no matching manifest for|no match for platform|does not match the specified platform|does not match the detected host platform|not provide the specified platform|matching platform|image operating system|image os|incompatible platform|cannot be used on this platform|no image found in image index|no image found in manifest list"])
        .certain(),
    fault("image-platform-mismatch", &["platform", "linux/amd64|linux/arm64|windows", "manifest|image|pull"])
        .unless("exec format")
        .weak(),
    fault("image-arch-mismatch-runtime", &["exec format error|exec user process caused|cannot execute binary file|exec_format"])
        .unless("no such file|permission denied")
        .certain(),
    fault("image-arch-mismatch-runtime", &["rosetta error|qemu-x86_64|qemu-aarch64|wrong elf class|invalid elf|enoexec|bad cpu type|cannot execute: required file|ld-linux-x86-64|ld-linux-aarch64"])
        .weak()
        .possible(),
    fault("disk-full", &["no space left on device|enospc|disk quota exceeded|no space left|disk is full|not enough disk space|insufficient disk|disk full|out of disk"])
        .unless("could not extend file|could not write to file|pg_wal|database")
        .strong()
        .certain(),
    fault("disk-full", &["failed to extract layer|failed to register layer|apply failure|error processing tar|failed to unpack|applying layer", "write |/var/lib/containerd|copy"])
        .weak()
        .possible()
        .supports(&["image-pull-failed-unspecified"]),
    fault("image-reference-invalid", &["invalid reference format|invalid reference|invalidreference|could not parse reference|invalid repository name|repository name must be lowercase|repository name must be|not a valid repository|invalid image name|invalid tag format|errtag|reference format|invalid image reference|image name is invalid|container.image"])
        .unless("log group|target group|permission"),
    fault("image-reference-invalid", &["image", "contains invalid characters|should not be null or empty|cannot be empty|is not valid|invalid character|failed to parse"])
        .unless("secret|json|manifest|looking for beginning"),
    fault("dockerhub-rate-limit", &["toomanyrequests|pull rate limit|increase-rate-limit|429 too many requests|download-rate-limit|too many requests"])
        .unless("throttl|awserror|rate exceeded|taskprovision")
        .certain(),
    fault("registry-auth-failed", &["incorrect username or password|no basic auth credentials|unauthorized: authentication required|unauthorized: incorrect|401 unauthorized|unauthorized: access|authentication required|invalid username|bad credentials|denied: your authorization token has expired|authorization token has expired|failed to fetch oauth token|failed to fetch anonymous token|unexpected status from get request to|login attempt|unauthorized: |status code 401|token expired|username and password|http basic: access denied|repositorycredentials|basic auth"])
        .unless("429|i/o timeout|no such host|ssm:|postgres"),
    fault("image-pull-failed-unspecified", &["cannotpullcontainer|failed to pull image|image pull|pull command failed|inspect image has been retried|cannotpullecrcontainer|failed to pull|pull image manifest|ref pull has been|could not pull"])
        .last()
        .possible(),
];
