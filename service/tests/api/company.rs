//! The service as a process, behind a load balancer that logs people in.

use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;

use crate::{
    client::{Answer, request, send_to},
    key_server::KeyServer,
    process::{Running, service, url},
    signer::{ARN, Signer},
};

pub(crate) const AKI: &str = "aki@example.com";
pub(crate) const BEN: &str = "ben@example.com";
pub(crate) const ADMIN: &str = "root@example.com";

pub(crate) struct Company {
    pub(crate) signer: Signer,
    pub(crate) keys: KeyServer,
    pub(crate) running: Running,
    _directory: TempDir,
}

impl Company {
    /// The service with its tables, and a key service that knows the load balancer's key.
    pub(crate) async fn start(options: &PgConnectOptions) -> Self {
        let (signer, keys) = (Signer::new(), KeyServer::start().await);
        keys.publish(&signer);
        let directory = tempfile::tempdir().unwrap();
        let mut command = service(&["serve"]);
        command
            .env("DATABASE_URL", url(options))
            .env("AUTH", "alb-oidc")
            .env("ALB_ARN", ARN)
            .env("OIDC_KEYS_URL", format!("http://{}/keys/", keys.address))
            .env("OIDC_CLIENT_ID", "events")
            .env("ADMINS", "Root@example.com, somebody@example.com");
        let mut running = Running::start(&mut command, directory.path()).await;
        running.line("the tables are up to date").await;
        Self {
            signer,
            keys,
            running,
            _directory: directory,
        }
    }

    /// Sends a request with that token.
    pub(crate) async fn send(&self, token: &str, mut request: Request<Body>) -> Answer {
        let token = HeaderValue::from_str(token).unwrap();
        request.headers_mut().append("x-amzn-oidc-data", token);
        send_to(self.running.address, request).await
    }

    /// Sends a request of somebody who has logged in.
    pub(crate) async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> Answer {
        self.send(&self.signer.token(who), request(method, path, &body))
            .await
    }
}
