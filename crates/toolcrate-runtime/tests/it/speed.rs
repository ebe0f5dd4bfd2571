//! Measures the speed of the shared serialization code compared with serde's derive. To print the figures, run `cargo
//! test --release -p toolcrate-runtime --test it speed -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::model::{Line, OrderStatus, Reference};
use serde_json::{Value, json};
use toolcrate_runtime::__private::{FieldMut, FieldRef, ModelFields};
use toolcrate_runtime::{Number, UnknownFields, impl_model};

/// Defines a model of realistic size, as a generator would write it.
macro_rules! model {
    ($name:ident { $($index:literal $field:ident $wire:literal $slot:ident $type:ty;)* }) => {
        #[derive(Clone, Default)]
        struct $name { $($field: Option<$type>,)* extra: UnknownFields }
        impl ModelFields for $name {
            fn field_names(&self) -> &'static [&'static str] { &[$($wire),*] }
            fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
                match index {
                    $($index => model!(slot $slot self.$field),)*
                    _ => FieldMut::Other(&mut self.info),
                }
            }
            fn field(&self, index: usize) -> FieldRef<'_> {
                match index {
                    $($index => model!(view $slot self.$field),)*
                    _ => FieldRef::Other(&self.info),
                }
            }
            fn unknown_fields(&self) -> &UnknownFields { &self.extra }
            fn unknown_fields_mut(&mut self) -> &mut UnknownFields { &mut self.extra }
        }
        impl_model!($name);
    };
    (slot $slot:ident $($place:tt)*) => { FieldMut::$slot(&mut $($place)*) };
    (view Text $($place:tt)*) => { FieldRef::Text(&$($place)*) };
    (view Other $($place:tt)*) => { FieldRef::Other(&$($place)*) };
    (view $slot:ident $($place:tt)*) => { FieldRef::$slot($($place)*) };
}

model! { Wide {
    0 number_0 "number0" Integer i32;
    1 number_1 "number1" Integer i32;
    2 number_2 "number2" Integer i32;
    3 number_3 "number3" Integer i32;
    4 number_4 "number4" Integer i32;
    5 number_5 "number5" Integer i32;
    6 number_6 "number6" Integer i32;
    7 number_7 "number7" Integer i32;
    8 flag_0 "flag0" Boolean bool;
    9 flag_1 "flag1" Boolean bool;
    10 flag_2 "flag2" Boolean bool;
    11 flag_3 "flag3" Boolean bool;
    12 flag_4 "flag4" Boolean bool;
    13 flag_5 "flag5" Boolean bool;
    14 amount_0 "amount0" Number Number;
    15 amount_1 "amount1" Number Number;
    16 amount_2 "amount2" Number Number;
    17 amount_3 "amount3" Number Number;
    18 amount_4 "amount4" Number Number;
    19 text_0 "text0" Text String;
    20 text_1 "text1" Text String;
    21 text_2 "text2" Text String;
    22 text_3 "text3" Text String;
    23 text_4 "text4" Text String;
    24 text_5 "text5" Text String;
    25 text_6 "text6" Text String;
    26 text_7 "text7" Text String;
    27 text_8 "text8" Text String;
    28 text_9 "text9" Text String;
    29 text_10 "text10" Text String;
    30 text_11 "text11" Text String;
    31 reference_0 "reference0" Other Reference;
    32 reference_1 "reference1" Other Reference;
    33 reference_2 "reference2" Other Reference;
    34 reference_3 "reference3" Other Reference;
    35 reference_4 "reference4" Other Reference;
    36 reference_5 "reference5" Other Reference;
    37 reference_6 "reference6" Other Reference;
    38 status "status" Other OrderStatus;
    39 lines "lines" Other Vec<Line>;
    40 info "info" Other BTreeMap<String, String>;
} }

/// The same with serde's derive.
mod derived {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    macro_rules! model {
        ($name:ident { $($field:ident: $type:ty,)* }) => {
            #[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub struct $name {
                $(#[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)*
            }
        };
    }

    model! { Wide {
    number_0: i32,
    number_1: i32,
    number_2: i32,
    number_3: i32,
    number_4: i32,
    number_5: i32,
    number_6: i32,
    number_7: i32,
    flag_0: bool,
    flag_1: bool,
    flag_2: bool,
    flag_3: bool,
    flag_4: bool,
    flag_5: bool,
    amount_0: f64,
    amount_1: f64,
    amount_2: f64,
    amount_3: f64,
    amount_4: f64,
    text_0: String,
    text_1: String,
    text_2: String,
    text_3: String,
    text_4: String,
    text_5: String,
    text_6: String,
    text_7: String,
    text_8: String,
    text_9: String,
    text_10: String,
    text_11: String,
    reference_0: Reference,
    reference_1: Reference,
    reference_2: Reference,
    reference_3: Reference,
    reference_4: Reference,
    reference_5: Reference,
    reference_6: Reference,
    status: String,
    lines: Vec<Line>,
    info: BTreeMap<String, String>,
    } }
    model! { Reference { id: i32, name: String, } }
    model! { Line { description: String, quantity: i32, price: f64, } }
}

fn page() -> String {
    let reference = json!({"id": 123, "name": "A reference with a name of usual length"});
    let line = json!({"description": "A line of an order", "quantity": 3, "price": 12.75});
    let mut item = serde_json::Map::new();
    let wide = Wide::default();
    for (index, name) in wide.field_names().iter().enumerate() {
        let value = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "number" => json!(index * 12_345),
            "flag" => json!(index % 2 == 0),
            "amount" => json!(index as f64 * 1.37),
            "text" => json!("A text of usual length, 2025-01-01T00:00:00Z"),
            "reference" => reference.clone(),
            "status" => json!("In Work"),
            "lines" => json!([line, line]),
            _ => {
                json!({"lastUpdated": "2025-01-01T00:00:00Z", "updatedBy": "someone", "href": "https://host/api/x/1"})
            }
        };
        item.insert((*name).to_owned(), value);
    }
    Value::from(vec![Value::Object(item); 1_000]).to_string()
}

/// Returns the shortest of many runs, which was disturbed least.
fn shortest<T>(mut run: impl FnMut() -> T) -> Duration {
    (0..100)
        .map(|_| {
            let start = Instant::now();
            let result = run();
            let time = start.elapsed();
            drop(result);
            time
        })
        .min()
        .unwrap_or_default()
}

#[test]
#[ignore = "prints figures, and means something only in release"]
fn decoding_is_as_fast_as_with_a_derive() {
    let text = page();
    let ours: Vec<Wide> = serde_json::from_str(&text).expect("records");
    let theirs: Vec<derived::Wide> = serde_json::from_str(&text).expect("records");
    assert!(ours.iter().all(|item| item.extra.is_empty()));
    let written = serde_json::to_string(&ours).expect("JSON");
    assert_eq!(written.len(), serde_json::to_string(&theirs).expect("JSON").len());
    let decode = shortest(|| serde_json::from_str::<Vec<Wide>>(&text).expect("records"));
    let decode_derived = shortest(|| serde_json::from_str::<Vec<derived::Wide>>(&text).expect("records"));
    let encode = shortest(|| serde_json::to_string(&ours).expect("JSON"));
    let encode_derived = shortest(|| serde_json::to_string(&theirs).expect("JSON"));
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!("1000 records of 41 members, {} bytes", text.len());
    println!(
        "decode: shared {decode:?}, derive {decode_derived:?}, ratio {:.2}",
        ratio(decode, decode_derived)
    );
    println!(
        "encode: shared {encode:?}, derive {encode_derived:?}, ratio {:.2}",
        ratio(encode, encode_derived)
    );
}
