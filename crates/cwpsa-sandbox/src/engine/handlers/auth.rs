//! Authenticates requests.

use http::HeaderMap;
use subtle::ConstantTimeEq;

use crate::connectwise::error::ApiError;
use crate::connectwise::headers;
use crate::settings::ApiKey;

/// Returns the API key with which a request authenticates.
pub(crate) fn authenticate<'k>(keys: &'k [ApiKey], headers: &HeaderMap) -> Result<&'k ApiKey, ApiError> {
    let given = headers::credentials(headers);
    let key = given.and_then(|given| {
        // The comparison takes the same time wherever the credentials differ.
        keys.iter().find(|key| given.as_bytes().ct_eq(expected(key).as_bytes()).into())
    });
    let key = key.ok_or_else(ApiError::unauthorized)?;
    if !headers::has_client_id(headers) {
        return Err(ApiError::missing_client_id());
    }
    Ok(key)
}

fn expected(key: &ApiKey) -> String {
    format!("{}+{}:{}", key.company_id, key.public_key, key.private_key)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::settings::SandboxSettings;

    fn status(authorization: Option<&str>, client_id: Option<&str>) -> u16 {
        let mut headers = HeaderMap::new();
        if let Some(text) = authorization {
            let value = format!("Basic {}", STANDARD.encode(text));
            headers.insert("authorization", value.parse().expect("a header"));
        }
        if let Some(id) = client_id {
            headers.insert("clientid", id.parse().expect("a header"));
        }
        authenticate(&SandboxSettings::default().keys, &headers).map_or_else(|error| error.status, |_| 200)
    }

    #[test]
    fn credentials_and_client_id_are_required() {
        assert_eq!(status(Some("acme+public:private"), Some("id")), 200);
        assert_eq!(status(Some("acme+public:private"), None), 403);
        assert_eq!(status(Some("acme+public:private"), Some(" ")), 403);
        assert_eq!(status(Some("acme+public:wrong"), Some("id")), 401);
        assert_eq!(status(Some("other+public:private"), Some("id")), 401);
        assert_eq!(status(Some("nonsense"), None), 401);
        assert_eq!(status(None, Some("id")), 401);
    }
}
