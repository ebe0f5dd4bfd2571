//! `//proxy/…` is `/proxy/…`: Truto's SDK puts a slash behind a base address that already ends in one.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The request with the slashes that its path begins with made one.
pub async fn collapse(mut request: Request) -> Request {
    let whole = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    if whole.starts_with("//") {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = format!("/{}", whole.trim_start_matches('/')).parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[tokio::test]
    async fn only_what_a_path_begins_with_is_changed() {
        for (given, wanted) in [
            ("//proxy/a?b=//c", "/proxy/a?b=//c"),
            ("///", "/"),
            ("/proxy/a%2F//b", "/proxy/a%2F//b"),
            ("http://psa.example.com//mcp", "http://psa.example.com/mcp"),
        ] {
            let request = Request::builder().uri(given).body(Body::empty()).unwrap();
            assert_eq!(collapse(request).await.uri().to_string(), wanted, "{given}");
        }
    }
}
