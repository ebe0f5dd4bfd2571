//! Tests typed filters: their compiled form, and filters that are rejected before the request is sent.

use std::time::{Duration, UNIX_EPOCH};

use toolcrate_runtime::{
    Api, Bytes, Client, Error, ErrorKind, ExtraField, Filter, FilterGrammar, FilterScalar, Method, Query,
    QueryPairs, Request, Selection, SortField, Value, http, transport_fn,
};

use crate::support::model::{Order, OrderStatus};
use crate::support::{API, TestCredentials};

static FILTERED: Api = Api {
    filter: Some(FilterGrammar {
        argument: "filter",
        conditions: "conditions",
        child_conditions: "childConditions",
        custom_field_conditions: "customConditions",
        custom_fields: "free",
        extra_fields: &[
            ExtraField { name: "updated", beside: "info", kind: FilterScalar::DateTime },
            ExtraField { name: "never", beside: "nothing", kind: FilterScalar::Text },
        ],
    }),
    ..API
};

#[derive(Default)]
struct OrderQuery {
    filter: Option<Filter>,
    conditions: Option<&'static str>,
    order: Vec<SortField>,
    fields: Vec<String>,
}

impl Query for OrderQuery {
    fn write(&self, pairs: &mut QueryPairs) {
        pairs.push_opt("conditions", self.conditions);
        pairs.push_opt("orderBy", SortField::to_parameter(&self.order));
    }

    fn selection(&self) -> Selection {
        Selection::new(self.filter.as_ref()).order("orderBy", &self.order).fields("fields", &self.fields)
    }
}

fn client() -> Client {
    let nothing = transport_fn(|_| async { Ok(http::Response::new(Bytes::from("[]"))) });
    Client::builder(&FILTERED)
        .base_url("https://localhost/api")
        .credentials(TestCredentials)
        .transport(nothing)
        .build()
        .expect("a client")
}

fn orders(query: &OrderQuery) -> Request<Vec<Order>> {
    Request::new(Method::Get, "/orders").query(query)
}

/// Returns the decoded query of a request for orders.
fn sent(query: &OrderQuery) -> Result<Vec<(String, String)>, Error> {
    let url = client().preview(&orders(query))?.url;
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let decoded = |text: &str| text.replace("%20", " ").replace("%2B", "+");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let unescape = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, tail @ ..] = rest {
            match (first, tail) {
                (b'%', [high, low, tail @ ..]) => {
                    let digits = [*high, *low];
                    let digits = std::str::from_utf8(&digits).expect("hexadecimal digits");
                    bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
                    rest = tail;
                }
                _ => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        String::from_utf8(bytes).expect("UTF-8")
    };
    Ok(pairs.map(|(name, value)| (decoded(name), unescape(value))).collect())
}

/// Returns the conditions of a filter for orders.
fn conditions(filter: Filter) -> String {
    let pairs = sent(&OrderQuery { filter: Some(filter), ..OrderQuery::default() }).expect("a filter");
    let [(name, value)] = &pairs[..] else { panic!("{pairs:?}") };
    assert_eq!(name, "conditions");
    value.clone()
}

fn refused(filter: Filter) -> (String, String) {
    let error = sent(&OrderQuery { filter: Some(filter), ..OrderQuery::default() }).expect_err("it is wrong");
    assert_eq!(error.kind(), ErrorKind::InvalidArguments);
    assert!(error.changed_nothing(), "{error}");
    let field = error.fields().first().expect("a field").clone();
    (field.pointer, field.message)
}

#[test]
fn filter_forms_become_conditions() {
    let field = Filter::field;
    for (filter, text) in [
        (field("customer/name").eq("Acme"), r#"customer/name = "Acme""#),
        (field("customer").eq(5), "customer/id = 5"),
        (field("customer").eq("Acme"), r#"customer/name = "Acme""#),
        (field("customer").is_null(), "customer/id = null"),
        (field("id").gt(5).and(field("id").le(9)), "id > 5 and id <= 9"),
        (field("id").is_in([1, 2]), "id in (1, 2)"),
        (field("orderNumber").is_not_in(["a", "b"]), r#"orderNumber not in ("a", "b")"#),
        (
            field("status").eq(OrderStatus::default()).or(field("cancelFlag").eq(true)),
            r#"(status = "Open" or cancelFlag = true)"#,
        ),
        (!field("id").eq(1).or(field("orderNumber").like("a*")), r#"id != 1 and orderNumber not like "a*""#),
        (!(field("id").ge(1).and(field("id").lt(5))), "(id < 1 or id >= 5)"),
        (Filter::all([field("total").eq(1.5), field("total").ne(2)]), "total = 1.5 and total != 2"),
        (field("total").eq(1e21), "total = 1000000000000000000000"),
        (field("parent/customer/id").is_not_null(), "parent/customer/id != null"),
        (field("info/anything").contains("x"), r#"info/anything contains "x""#),
        (field("updated").ge("2025-01-31T09:30:00.5+01:00"), "updated >= [2025-01-31T08:30:00Z]"),
        (field("updated").lt(UNIX_EPOCH + Duration::from_secs(86_400)), "updated < [1970-01-02T00:00:00Z]"),
        (field("orderNumber").gt("2025-01-31"), "orderNumber > [2025-01-31T00:00:00Z]"),
        (field("orderNumber").eq("a\" or id > 0 or \"\\"), r#"orderNumber = "a\" or id > 0 or \"\\""#),
    ] {
        assert_eq!(conditions(filter.clone()), text, "{filter:?}");
    }
}

#[test]
fn list_and_custom_fields_use_separate_parameters() {
    let filter = Filter::field("lines/description")
        .eq("x")
        .and(Filter::field("tags").is_in(["a", "b"]))
        .and(Filter::custom_field("Re\"gion").is_in(["West", "East"]))
        .and(Filter::field("id").eq(1));
    let query =
        OrderQuery { filter: Some(filter), conditions: Some("total > 1 or id = 2"), ..OrderQuery::default() };
    let pairs = sent(&query).expect("a filter");
    let value = |name: &str| pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    assert_eq!(value("conditions"), Some("(total > 1 or id = 2) and (id = 1)"));
    assert_eq!(value("childConditions"), Some(r#"lines/description = "x" and (tags = "a" or tags = "b")"#));
    let custom =
        r#"((caption = "Re\"gion" and value = "West") or (caption = "Re\"gion" and value = "East"))"#;
    assert_eq!(value("customConditions"), Some(custom));
}

#[test]
fn unknown_fields_are_rejected_before_sending() {
    let field = Filter::field;
    let nothing: [i32; 0] = [];
    for (filter, pointer, part) in [
        (field("customer/nam").eq("x"), "/filter/customer~1nam", "did you mean customer/name"),
        (field("ordernumber").eq("x"), "/filter/ordernumber", "did you mean orderNumber"),
        (field("never").eq("x"), "/filter/never", "unknown field"),
        (field("id) or (id").eq(1), "/filter/id) or (id", "unknown field"),
        (field("id").eq("five"), "/filter/id", "expected an integer, got \"five\""),
        (field("id").eq(5.5), "/filter/id", "expected an integer, got 5.5"),
        (field("id").contains("5"), "/filter/id", "only strings"),
        (field("id").is_in(nothing), "/filter/id", "at least one value"),
        (field("id").gt(true), "/filter/id", "expected an integer"),
        (field("cancelFlag").eq(1), "/filter/cancelFlag", "true or false"),
        (field("cancelFlag").gt(true), "/filter/cancelFlag", "can't be ordered"),
        (field("total").eq(f64::NAN), "/filter/total", "expected a number"),
        (field("orderNumber").eq(5), "/filter/orderNumber", "expected a string"),
        (field("orderNumber").gt("b"), "/filter/orderNumber", "expected a date"),
        (field("updated").eq("yesterday"), "/filter/updated", "expected a date"),
        (field("lines").eq(1), "/filter/lines", "one of its fields"),
        (field("free").eq(1), "/filter/free", "Filter::custom_field"),
        (Filter::any([]), "/filter", "an empty list of alternatives"),
        (!Filter::all([]), "/filter", "negation of an empty filter"),
        (Filter::any([Filter::all([]), field("id").eq(1)]), "/filter", "everything"),
        (field("id").eq(1).or(field("lines/quantity").eq(1)), "/filter", "in a separate parameter"),
    ] {
        let (at, message) = refused(filter.clone());
        assert_eq!(at, pointer, "{filter:?}: {message}");
        assert!(message.contains(part), "{filter:?}: {message}");
    }
}

#[test]
fn order_by_and_fields_are_checked_too() {
    let query = OrderQuery {
        order: vec![SortField::descending("updated"), SortField::ascending("customer/name")],
        fields: vec!["id".to_owned(), "customer".to_owned(), "lines/price".to_owned()],
        ..OrderQuery::default()
    };
    assert_eq!(sent(&query).expect("a query")[0].1, "updated desc,customer/name");
    let query = OrderQuery {
        order: vec![SortField::ascending("idd")],
        fields: vec!["id".to_owned(), "id,total".to_owned()],
        ..OrderQuery::default()
    };
    let error = sent(&query).expect_err("two fields are unknown");
    let pointers: Vec<&str> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/orderBy", "/fields"]);
    assert!(error.to_string().contains("did you mean id"), "{error}");
}

#[test]
fn count_filters_are_checked_against_the_counted_records() {
    let query = OrderQuery { filter: Some(Filter::field("idd").eq(1)), ..OrderQuery::default() };
    let count = Request::<Value>::new(Method::Get, "/orders/count").query(&query);
    // Without a record type, any name is treated as a field.
    let url = client().preview(&count).expect("a request").url;
    assert!(url.ends_with("?conditions=idd%20%3D%201"), "{url}");
    let error = client().preview(&count.clone().records::<Order>()).expect_err("it is unknown");
    assert!(error.to_string().contains("unknown field \"idd\"; did you mean id?"), "{error}");
    let injected = OrderQuery { filter: Some(Filter::field("a = 1 or b").eq(1)), ..OrderQuery::default() };
    let count = Request::<Value>::new(Method::Get, "/orders/count").query(&injected);
    assert!(client().preview(&count).is_err());
}

#[test]
fn api_without_filters_accepts_none() {
    let client = Client::builder(&API).base_url("https://localhost").build().expect("a client");
    let query = OrderQuery { filter: Some(Filter::field("id").eq(1)), ..OrderQuery::default() };
    let error = client.preview(&orders(&query)).expect_err("there is no grammar");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
