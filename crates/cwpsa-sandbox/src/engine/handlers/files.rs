//! Handles file uploads and downloads. Documents are uploaded as forms and returned unchanged. If nobody has uploaded a
//! file, a small placeholder of the right media type is returned.

use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value};

use super::context::RequestContext;
use super::record::respond_with_record;
use super::response;
use crate::api::{CollectionId, api, resource};
use crate::connectwise::document::{self, DocumentUpload};
use crate::connectwise::error::ApiError;
use crate::engine::store::{StoredFile, TenantState};
use crate::engine::transaction::{BodyValidator, Transaction};
use crate::message::MockResponse;

/// A one-pixel PNG.
const DEFAULT_IMAGE: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63, 0xF8, 0xCF,
    0xC0, 0xF0, 0x1F, 0, 5, 0, 1, 0xFF, 0x89, 0x99, 0x3D, 0x1D, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE,
    0x42, 0x60, 0x82,
];
/// A PDF with one empty page.
const DEFAULT_PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count \
                     1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 \
                     R>>\n%%EOF\n";

/// Returns a file's key: the lowercase path of the request.
fn file_key(context: &RequestContext<'_>) -> String {
    context.path().to_ascii_lowercase()
}

/// Returns the file at a path.
pub(crate) fn download(state: &TenantState, context: &RequestContext<'_>) -> Result<MockResponse, ApiError> {
    context.ids(state)?;
    if let Some(file) = state.files.get(&file_key(context)) {
        return Ok(response::file(file));
    }
    let last = context.operation.template.rsplit('/').next().unwrap_or_default();
    let (name, media_type, bytes) = match last {
        "image" | "thumbnail" => ("image.png", "image/png", Bytes::from_static(DEFAULT_IMAGE)),
        "pdf" => ("document.pdf", "application/pdf", Bytes::from_static(DEFAULT_PDF.as_bytes())),
        _ => ("document.txt", "text/plain", Bytes::from_static(b"A document of the sandbox.\r\n")),
    };
    let file = StoredFile { name: name.to_owned(), media_type: media_type.to_owned(), bytes };
    Ok(response::file(&file))
}

/// Stores a request body as the file at its path.
pub(crate) fn store_body(context: &RequestContext<'_>, tx: &mut Transaction<'_>) {
    let header =
        context.request.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = header.unwrap_or("application/octet-stream").to_owned();
    let file = StoredFile { name: "upload".to_owned(), media_type, bytes: context.request.body.clone() };
    tx.put_file(file_key(context), file);
}

/// Stores a form's file under the path, or under the download path below it.
pub(crate) fn store_form(context: &RequestContext<'_>, tx: &mut Transaction<'_>) -> Result<(), ApiError> {
    let details = context.operation.details();
    let UploadForm { mut fields, file } = parse_form(context)?;
    if file.is_some() {
        fields.insert(document::FILE_PART.to_owned(), Value::Bool(true));
    }
    let mut validator = BodyValidator::new(&details.shape, resource(&details.shape.name), "");
    validator.require(&details.required, &fields);
    validator.finish()?;
    if let Some(file) = file {
        tx.put_file(format!("{}/download", file_key(context)), file.clone());
        tx.put_file(file_key(context), file);
    }
    Ok(())
}

/// The parts of a multipart form.
#[derive(Default)]
struct UploadForm {
    fields: Map<String, Value>,
    file: Option<StoredFile>,
}

fn parse_form(context: &RequestContext<'_>) -> Result<UploadForm, ApiError> {
    let rejected = |error: multer::Error| ApiError::invalid_form(&error.to_string());
    let header =
        context.request.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(header.unwrap_or_default()).map_err(rejected)?;
    let body = context.request.body.clone();
    let all = stream::iter([Ok::<Bytes, std::convert::Infallible>(body)]);
    let mut parts = multer::Multipart::new(all, boundary);
    let mut form = UploadForm::default();
    // The complete body is in memory, so nothing ever waits.
    futures_executor::block_on(async {
        while let Some(part) = parts.next_field().await.map_err(rejected)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let media_type = part.content_type().map(ToString::to_string);
            let bytes = part.bytes().await.map_err(rejected)?;
            match file_name {
                Some(file_name) => {
                    let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                    form.file = Some(StoredFile { name: file_name, media_type, bytes });
                }
                None => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    form.fields.insert(name, Value::from(text));
                }
            }
        }
        Ok(form)
    })
}

/// Stores a document.
pub(crate) fn upload(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
) -> Result<MockResponse, ApiError> {
    let details = context.operation.details();
    let form = parse_form(context)?;
    let mut validator = BodyValidator::new(&details.shape, resource(document::SCHEMA), "");
    let required: Vec<String> =
        details.required.iter().filter(|name| *name != document::FILE_PART).cloned().collect();
    validator.require(&required, &form.fields);
    validator.finish()?;
    let upload = DocumentUpload {
        fields: &form.fields,
        file: form.file.as_ref().map(|file| (file.name.as_str(), file.media_type.as_str(), file.bytes.len())),
        owner: tx.member,
        date: &tx.date(),
    };
    let has_file = upload.has_file();
    let record = upload.into_record()?;
    let id = tx.insert(collection, 0, record);
    if let Some(file) = form.file.filter(|_| has_file) {
        let path = api().collection(collection).path.to_ascii_lowercase();
        tx.put_file(format!("{path}/{id}/download"), file);
    }
    let path = format!("{}/{id}", context.path());
    respond_with_record(tx.state, context, collection, id, 201, &path)
}
