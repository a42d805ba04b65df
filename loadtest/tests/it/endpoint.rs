//! An AWS on loopback that says what a test lets it say.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

/// What leads the SDK and the tools of AWS to an endpoint that answers everything in this way.
pub(crate) async fn environment(
    answer: impl Fn(&Uri, &HeaderMap, &Bytes) -> Response + Clone + Send + Sync + 'static,
) -> Vec<(&'static str, String)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        answer(&uri, &headers, &body)
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    environment
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}
