//! A service that gives out public keys, and can be unwell.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tokio::net::TcpListener;

use crate::signer::Signer;

/// How the key service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Failing,
    /// It takes questions and never answers.
    Hanging,
    /// It answers everything with a page.
    Captive,
    /// It answers without end.
    Endless,
    /// It sends everybody elsewhere.
    Redirecting,
}

#[derive(Clone)]
pub(crate) struct KeyServer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    mood: Mutex<Mood>,
    keys: Mutex<HashMap<String, String>>,
    asked: AtomicUsize,
}

impl KeyServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Well),
            keys: Mutex::default(),
            asked: AtomicUsize::new(0),
        });
        let app = Router::new()
            .route("/keys/{id}", get(answer))
            .with_state(shared.clone());
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        Self { address, shared }
    }

    pub(crate) fn publish(&self, signer: &Signer) {
        let mut keys = self.shared.keys.lock().unwrap();
        keys.insert(signer.key_id.clone(), signer.pem());
    }

    pub(crate) fn is(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// How often it was asked since the last time.
    pub(crate) fn asked(&self) -> usize {
        self.shared.asked.swap(0, Ordering::SeqCst)
    }
}

async fn answer(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    let mood = *shared.mood.lock().unwrap();
    let key = shared.keys.lock().unwrap().get(&id).cloned();
    match mood {
        Mood::Well => key.ok_or(StatusCode::NOT_FOUND).into_response(),
        Mood::Failing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Hanging => std::future::pending().await,
        Mood::Captive => "<html>Please accept the terms</html>".into_response(),
        Mood::Endless => "-----BEGIN PUBLIC KEY-----\n"
            .repeat(10_000)
            .into_response(),
        Mood::Redirecting => Redirect::temporary("/keys/elsewhere").into_response(),
    }
}
