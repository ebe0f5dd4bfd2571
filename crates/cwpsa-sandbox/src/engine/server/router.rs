//! Routes requests to the API and to the other endpoints of a ConnectWise server, and completes their responses.

use http::header::HeaderName;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use toolcrate_listener::{PeerAddress, RequestBody};
use uuid::Builder;

use super::body::{ConnectionCut, MockBody, into_response};
use super::request::BufferedRequest;
use super::responses::{page_not_found, plain};
use super::state::ServerState;
use super::{admin_api, api_handler, discovery, host_validation};
use crate::connectwise::headers::{REQUEST_ID, SERVER_NAME};
use crate::connectwise::paths::ServerPath;

/// The prefix of the admin API's paths.
const ADMIN_PREFIX: &str = "/_sandbox/";

/// Handles a request. An error closes the connection without a response.
pub(super) async fn route(
    state: &ServerState,
    request: Request<RequestBody>,
) -> Result<Response<MockBody>, ConnectionCut> {
    let (parts, body) = request.into_parts();
    if let Err(reason) = host_validation::validate(state, &parts.headers) {
        return Ok(complete(into_response(plain(StatusCode::FORBIDDEN, reason))));
    }
    let length = parts.uri.path_and_query().map_or(0, |path| path.as_str().len());
    if length > state.settings.max_path_and_query {
        let response = plain(StatusCode::URI_TOO_LONG, "The address is too long.");
        return Ok(complete(into_response(response)));
    }
    let Some(PeerAddress(peer)) = parts.extensions.get().copied() else { return Err(ConnectionCut) };
    let body = match Limited::new(body, state.settings.max_body).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let response = plain(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");
            return Ok(complete(into_response(response)));
        }
        // The caller closed the connection.
        Err(_) => return Err(ConnectionCut),
    };
    let request = BufferedRequest { parts, body, peer };
    let path = request.parts.uri.path();
    if let Some(name) = path.strip_prefix(ADMIN_PREFIX) {
        return Ok(complete(into_response(admin_api::handle(state, &request, name))));
    }
    let response = match ServerPath::parse(path) {
        ServerPath::Api { base, path } => api_handler::handle(state, &request, base, path).await?,
        ServerPath::CompanyInfo { company } => {
            into_response(discovery::company_info(state, &request, company))
        }
        ServerPath::CallbackKey => into_response(discovery::callback_key(state, &request)),
        ServerPath::Unknown => into_response(page_not_found()),
    };
    Ok(complete(response))
}

/// Adds the headers common to all responses.
fn complete(mut response: Response<MockBody>) -> Response<MockBody> {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(SERVER_NAME), HeaderValue::from_static("sandbox"));
    // Request IDs don't have to be unpredictable, so they don't cost a system call each.
    let id = Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
    response
}
