//! Runs the crate generated for another API against a small local server. That API uses a bearer token, cursor
//! pagination with rows in a property, and partial updates that aren't JSON Patch.

mod kinds;
mod responses;
mod unions;
mod wire;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use city_library::runtime::{Client, Secret};
use city_library::{API, CATALOG, Credentials, books};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// Responds to each connection's requests and reports what it received: request line, token, body.
fn serve(listener: TcpListener, seen: mpsc::Sender<(String, String, String)>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap() == 0 || line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let header = |name: &str| {
            let found = head.iter().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            });
            found.unwrap_or_default()
        };
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let line = head[0].trim_end_matches(" HTTP/1.1").to_owned();
        let answer = match line.as_str() {
            "GET /api/books" => json!({"data": [{"isbn": "1", "title": "A"}, {"isbn": "2", "title": "B"}], "next": "n2"}),
            "GET /api/books?after=n2" => json!({"data": [{"isbn": "3", "title": "C"}], "next": null}),
            _ => json!({"isbn": "4", "title": "D"}),
        };
        seen.send((line, header("authorization"), String::from_utf8(body).unwrap())).unwrap();
        let text = answer.to_string();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
            text.len()
        )
        .unwrap();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    kinds::check();
    unions::check();
    responses::check().await;
    wire::check();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, seen) = mpsc::channel();
    std::thread::spawn(move || serve(listener, sender));
    let client = Client::builder(&API)
        .base_url(format!("http://{address}/api"))
        .credentials(Credentials { token: Secret::from("t0ken") })
        .build()
        .unwrap();

    let list = CATALOG.resolve("list_all_city_library_books").unwrap();
    let pages: Vec<Value> =
        client.execute_pages(list, &json!({})).map_ok(|page| page.value).try_collect().await.unwrap();
    let by_tool: usize = pages.iter().map(|page| page.as_array().unwrap().len()).sum();
    let by_type: Vec<books::Book> =
        client.items(&books::list_books(None, None)).try_collect().await.unwrap();
    let create = CATALOG.resolve("create_a_city_library_book").unwrap();
    client.execute(create, &json!({"title": "D"})).await.unwrap();
    let update = CATALOG.resolve("update_a_city_library_book_by_isbn").unwrap();
    client.execute(update, &json!({"isbn": "4/5", "title": "E"})).await.unwrap();

    let seen: Vec<_> = std::iter::from_fn(|| seen.try_recv().ok()).collect();
    assert!(seen.iter().all(|(_, token, _)| token == "Bearer t0ken"), "{seen:?}");
    let lines: Vec<&str> = seen.iter().map(|(line, ..)| line.as_str()).collect();
    let pages = ["GET /api/books", "GET /api/books?after=n2"];
    assert_eq!(lines[..4], [pages, pages].concat());
    assert_eq!(lines[4..], ["POST /api/books", "PATCH /api/books/4%2F5"]);
    assert_eq!(seen[4].2, r#"{"title":"D"}"#);
    assert_eq!(seen[5].2, r#"{"title":"E"}"#);
    println!("{by_tool} books by tool, {} by type, 1 added, 1 changed", by_type.len());
}
