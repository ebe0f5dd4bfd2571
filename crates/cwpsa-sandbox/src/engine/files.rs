//! Bytes: documents come in as forms and go out as they were, images and papers that nobody uploaded are
//! small ones of the right kind.

use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::{Called, read, reply};
use crate::api::{CollectionId, api, resource};
use crate::call::Answer;
use crate::clock;
use crate::problem::Problem;
use crate::store::{File, State};
use crate::write::{Check, Writing};

/// One pixel.
const IMAGE: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63, 0xF8, 0xCF,
    0xC0, 0xF0, 0x1F, 0, 5, 0, 1, 0xFF, 0x89, 0x99, 0x3D, 0x1D, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE,
    0x42, 0x60, 0x82,
];
/// One empty page.
const PAPER: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count \
                     1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 \
                     R>>\n%%EOF\n";

/// Where a file is kept: the path of the call in small letters.
fn place(called: &Called<'_>) -> String {
    called.path().to_ascii_lowercase()
}

/// Answers the file at a path.
pub(super) fn download(state: &State, called: &Called<'_>) -> Result<Answer, Problem> {
    called.ids(state)?;
    if let Some(file) = state.files.get(&place(called)) {
        return Ok(reply::file(file));
    }
    let last = called.operation.template.rsplit('/').next().unwrap_or_default();
    let (name, media_type, bytes) = match last {
        "image" | "thumbnail" => ("image.png", "image/png", Bytes::from_static(IMAGE)),
        "pdf" => ("document.pdf", "application/pdf", Bytes::from_static(PAPER.as_bytes())),
        _ => ("document.txt", "text/plain", Bytes::from_static(b"A document of the sandbox.\r\n")),
    };
    let file = File { name: name.to_owned(), media_type: media_type.to_owned(), bytes };
    Ok(reply::file(&file))
}

/// Keeps the body of a call as the file that its path answers.
pub(super) fn keep(called: &Called<'_>, writing: &mut Writing<'_>) {
    let header = called.call.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = header.unwrap_or("application/octet-stream").to_owned();
    let file = File { name: "upload".to_owned(), media_type, bytes: called.call.body.clone() };
    writing.keep_file(place(called), Some(file));
}

/// A form, taken apart.
#[derive(Default)]
struct Form {
    members: Map<String, Value>,
    file: Option<File>,
}

fn form(called: &Called<'_>) -> Result<Form, Problem> {
    let refused = |error: multer::Error| {
        Problem::new(400, "ConnectWiseApi", format!("The form can't be read: {error}"))
    };
    let header = called.call.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(header.unwrap_or_default()).map_err(refused)?;
    let body = called.call.body.clone();
    let all = stream::iter([Ok::<Bytes, std::convert::Infallible>(body)]);
    let mut parts = multer::Multipart::new(all, boundary);
    let mut form = Form::default();
    // All of the body is here, so nothing ever waits.
    futures_executor::block_on(async {
        while let Some(part) = parts.next_field().await.map_err(refused)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let media_type = part.content_type().map(ToString::to_string);
            let bytes = part.bytes().await.map_err(refused)?;
            match file_name {
                Some(file_name) => {
                    let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                    form.file = Some(File { name: file_name, media_type, bytes });
                }
                None => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    form.members.insert(name, Value::from(text));
                }
            }
        }
        Ok(form)
    })
}

/// Stores a document.
pub(super) fn upload(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
) -> Result<Answer, Problem> {
    let plan = called.operation.plan();
    let mut form = form(called)?;
    let mut check = Check::new(&plan.shape, resource("DocumentInfo"), "");
    let required: Vec<String> = plan.required.iter().filter(|name| *name != "file").cloned().collect();
    check.required(&required, &form.members);
    check.done()?;
    let text = |members: &Map<String, Value>, name: &str| {
        members.get(name).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
    };
    let is = |members: &Map<String, Value>, name: &str| text(members, name).eq_ignore_ascii_case("true");
    let members = std::mem::take(&mut form.members);
    let link = text(&members, "url");
    let file = form.file.filter(|_| link.is_empty());
    if file.is_none() && link.is_empty() {
        return Err(Problem::fault(
            "MissingRequiredField",
            "documentInfo",
            "file",
            "The file field is required.",
        ));
    }
    let name = file.as_ref().map_or(link.clone(), |file| file.name.clone());
    let given = text(&members, "title");
    let title = if given.is_empty() { name.clone() } else { given };
    let image = file.as_ref().is_some_and(|file| file.media_type.starts_with("image/"));
    let guid = format!("00000000-0000-4000-8000-{:012x}", fastrand::u64(..1 << 48));
    let record = json!({
        "title": title, "fileName": name, "serverFileName": guid, "guid": guid,
        "owner": writing.member, "linkFlag": !link.is_empty(), "imageFlag": image,
        "publicFlag": !is(&members, "privateFlag"), "htmlTemplateFlag": false, "urlFlag": !link.is_empty(),
        "readOnlyFlag": is(&members, "readOnlyFlag") || is(&members, "readOnlyFlay"),
        "size": file.as_ref().map_or(0, |file| file.bytes.len()), "createdOnDate": clock::text(writing.now),
        "_info": {"recordType": text(&members, "recordType"), "recordId": text(&members, "recordId")},
    });
    let Value::Object(record) = record else { return Err(Problem::no_endpoint()) };
    let id = writing.insert(collection, 0, record);
    if let Some(file) = file {
        let path = api().of(collection).path.to_ascii_lowercase();
        writing.keep_file(format!("{path}/{id}/download"), Some(file));
    }
    let path = format!("{}/{id}", called.path());
    read::one(writing.state, called, collection, id, 201, &path)
}
