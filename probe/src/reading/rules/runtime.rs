//! Containers that do not start, or that end.

use crate::reading::{
    message::Place,
    rule::{Rule, fact, fault},
};

const ECS: &[Place] = &[
    Place::StoppedReason,
    Place::ContainerReason,
    Place::ServiceEvent,
    Place::CfnEvent,
];

pub(super) const RULES: &[Rule] = &[
    fault("bad-entrypoint-or-command", &["executable file not found|exec: not found|unable to start container process: exec|command not found|starting container process caused: exec|starting container process caused \"exec|no command specified|no command specified"])
        .unless("curl|wget|exec format"),
    fault("bad-entrypoint-or-command", &["exec|oci runtime|runc|entrypoint|start container|starting container|containerd", "no such file or directory|permission denied|is a directory|not found|file not found"])
        .unless("curl|wget|etc/passwd|mount callback|log group|log stream|logging driver|mount.nfs4|/rootfs|error mounting|execution resource|execution role|pull|secret|postgres|not authorized|execute ")
        .weak()
        .supports(&["volume-hides-image-files"]),
    fault("bad-entrypoint-or-command", &["can't open file|cannot find module '/|unable to access jarfile|could not find or load main class|error loading asgi app|could not open input file|no such file to load|bundler: command not found|missing script: |sh: 1: |sh: line |: command not found"])
        .unless("curl|wget|exec format")
        .weak(),
    fault("bad-entrypoint-or-command", &["/bin/sh: |/bin/bash: |sh: ", "not found|no such file|permission denied"])
        .unless("curl|wget")
        .weak(),
    fault("container-oom", &["outofmemory|out of memory|oomkilled|oom-killed|oom killer|oom_kill|memory cgroup|killed due to memory|memory limit exceeded|exceeded memory limit|due to memory usage"])
        .unless("fatal:|sqlstate|worker|child|postgres|cannot allocate|53200|detail:")
        .supports(&["container-oom-child-process"]),
    fault("container-oom", &["heap out of memory|heap limit|java.lang.outofmemoryerror|outofmemoryexception|memoryerror|cannot allocate memory|fatal error: runtime: out of memory|allocation failed"])
        .unless("anonymous shared memory|fork|postgres|fatal: ")
        .weak()
        .possible(),
    fault("container-oom-child-process", &["outofmemory|out of memory|oom|memory usage|killed process", "child|worker|subprocess|{exit-0}|{exit-n}|sigkill|signal 9"])
        .unless("heap|postgres|sqlstate")
        .strong()
        .supports(&["container-oom"]),
    fault("container-oom-child-process", &["was sent sigkill|terminated by signal 9|terminated due to signal 9|killed by signal 9|received signal sigkill|signal: 9|exited on signal 9|perhaps out of memory", "worker|child|process|pid"])
        .supports(&["container-oom"]),
    fault("volume-hides-image-files", &["are you trying to mount a directory|mountpoint|error mounting|creating device nodes|mknod|mount through procfd|not a directory|read-only file system|/rootfs|volume"])
        .unless("mount.nfs4|efs utils|no space left|passwd")
        .only(ECS),
    fault("volume-hides-image-files", &["mounted volume|bind mount|volume mount|mounted over|volume", "hides|empty|overwrit|shadow|missing|not found|no such file|masks|covers"])
        .unless("mount.nfs4|efs utils"),
    fault("volume-hides-image-files", &["cannot find module|err_module_not_found|cannot find package", "node_modules|imported from|require stack|module '"])
        .unless("cannot find module '/")
        .weak()
        .possible(),
    fault("sigterm-not-handled", &["{exit-137}"])
        .unless("outofmemory|out of memory|oom|health check")
        .possible()
        .weak()
        .supports(&["container-oom"]),
    fault("sigterm-not-handled", &["sigkill|stop timeout|stoptimeout|killed after|force kill|forcefully|did not exit within|did not stop within|failed to exit within|force to be killed|timed out waiting for container to stop|could not transition to stopped|cannotstopcontainer"])
        .unless("outofmemory|out of memory|oom|worker|memory"),
    fault("app-exited-nonzero", &["{exit-n}"])
        .unless("efs utils|outofmemory|logger args|logging driver|mount.nfs4|pull|tar file")
        .weak(),
    fault("app-exited-nonzero", &["{exit-127}"])
        .weak()
        .possible()
        .supports(&["bad-entrypoint-or-command"]),
    // A run-once task ends with the same words: only its exit codes tell whether that is a fault.
    fact(&["essential container in task exited|essential container exited|essentialcontainerexited|essential container in the task exited"])
        .supports(&["app-exited-nonzero", "sidecar-exit-stops-task", "sigterm-not-handled"]),
    fault("app-exited-nonzero", &["panicked at|segmentation fault|elifecycle|core dumped|unhandled exception|uncaught exception|unhandledpromiserejection|fatal exception in thread \"main\"|exception in thread \"main\"|application run failed|goroutine 1 [running]|application startup failed|failed to start application|fatal error in main|sigsegv"])
        .last()
        .possible(),
    fault("sidecar-exit-stops-task", &["sidecar|envoy|fluent|log_router|log-router|firelens|xray|datadog|adot|otel|proxy|agent", "essential", "exit|stop|died"]),
    fault("container-dependency-timeout", &["dependency|dependson|depends on|dependency timed out|start timeout|starttimeout|desired status|taskfailedtostart"])
        .unless("package|npm|module|library|transition start"),
    fault("container-dependency-timeout", &["task failed to start"])
        .unless("circuit breaker")
        .weak()
        .possible(),
    fault("bad-container-user", &["etc/passwd|etc/group|unable to find user|no matching entries in passwd|unable to find group|no matching entries in group|no users found|user: unknown user|invalid user:|invalid user '|unknown user|no such user|linux spec user|no groups found"])
        .unless("database|postgres|fatal:")
        .strong()
        .certain(),
    fault("host-port-in-use", &["port is already allocated|address already in use|eaddrinuse|port already in use|failed programming external connectivity|bind for 0.0.0.0|host port|resource:ports|already using a port|already using port|ports are already"])
        .unless("awsvpc requires|must match|mapping")
        .strong(),
];
