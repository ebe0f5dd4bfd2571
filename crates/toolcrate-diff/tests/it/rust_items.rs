//! Parses the code of a generated crate, and checks that its items are the ones that the comparison derives.

use std::collections::BTreeMap;

use quote::ToTokens;
use toolcrate_codegen::config::UsageTracker;
use toolcrate_codegen::emit;
use toolcrate_diff::rust_items::RustItems;
use toolcrate_diff::{DiffSettings, Snapshot, read};

use crate::support::{settings, source};

/// The public items of generated code, as text without white space.
#[derive(Default)]
struct ParsedItems {
    /// The types of fields, by struct and field.
    fields: BTreeMap<(String, String), String>,
    /// The arguments of functions, by type and function.
    methods: BTreeMap<(String, String), String>,
    /// The types from which structs of this crate are made, with the struct.
    conversions: Vec<(String, String)>,
    /// The arguments of functions of modules, by name.
    functions: BTreeMap<String, String>,
}

/// Returns the tokens without whitespace, and without the trailing commas of types that span several lines.
fn text(tokens: &impl ToTokens) -> String {
    packed(&tokens.to_token_stream().to_string()).replace(",>", ">")
}

fn arguments(inputs: impl Iterator<Item = syn::FnArg>) -> String {
    let types = inputs.map(|input| match input {
        syn::FnArg::Receiver(receiver) => text(&receiver),
        syn::FnArg::Typed(argument) => text(&argument.ty),
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}

/// The last segment of a path, with its arguments.
fn last_segment(path: &syn::Path) -> String {
    path.segments.last().map(text).unwrap_or_default()
}

impl ParsedItems {
    fn add(&mut self, code: &str, path: &str) {
        let file = syn::parse_file(code).unwrap_or_else(|error| panic!("{path}: {error}"));
        for item in file.items {
            match item {
                syn::Item::Struct(item) => {
                    for field in
                        item.fields.iter().filter(|field| matches!(field.vis, syn::Visibility::Public(_)))
                    {
                        let name = field.ident.as_ref().map(text).unwrap_or_default();
                        self.fields.insert((text(&item.ident), name), text(&field.ty));
                    }
                }
                syn::Item::Impl(item) => self.add_impl(&item),
                syn::Item::Fn(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                    let module = path.split('/').nth(1).unwrap_or_default();
                    let name = format!("{module}::{}", item.sig.ident);
                    self.functions.insert(name, arguments(item.sig.inputs.into_iter()));
                }
                _ => {}
            }
        }
    }

    fn add_impl(&mut self, item: &syn::ItemImpl) {
        let syn::Type::Path(own) = &*item.self_ty else { return };
        let own = last_segment(&own.path);
        match &item.trait_ {
            None => {
                let functions = item.items.iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(function) => Some(&function.sig),
                    _ => None,
                });
                for function in functions {
                    let key = (own.clone(), text(&function.ident));
                    self.methods.insert(key, arguments(function.inputs.clone().into_iter()));
                }
            }
            Some((path, _)) => {
                let from = last_segment(path);
                let from = from.strip_prefix("From<").and_then(|from| from.strip_suffix('>'));
                self.conversions.extend(from.map(|from| (from.to_owned(), own)));
            }
        }
    }
}

fn parsed(settings: &DiffSettings, release: &Snapshot) -> ParsedItems {
    let DiffSettings { profile, overlay, .. } = settings;
    let files = emit::emit(&release.model, profile, overlay, &UsageTracker::new()).unwrap();
    let mut items = ParsedItems::default();
    for (path, code) in
        files.iter().filter(|(path, _)| path.ends_with(".rs") && path.matches('/').count() > 1)
    {
        items.add(code, path);
    }
    items
}

fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn derived_items_are_those_of_the_generated_code() {
    let settings = settings();
    let (_, release) = read(&source("2022.1"), &source("2025.1"), &settings).unwrap();
    let parsed = parsed(&settings, &release);
    let items = RustItems::new(&release, &settings.profile);
    let (mut fields, mut constructors, mut conversions) = (0, 0, 0);
    for schema in release.api().schemas.keys() {
        let Some((name, members)) = items.record(schema) else { continue };
        for member in members {
            let key = (name.to_owned(), member.name.clone());
            assert_eq!(parsed.fields.get(&key), Some(&packed(&member.ty)), "{key:?}");
            fields += 1;
        }
        for method in items.methods(schema) {
            // Those of references are written by a macro.
            if matches!(method.name.as_str(), "identifier" | "name" | "is_empty") {
                continue;
            }
            let key = (name.to_owned(), method.name.clone());
            assert_eq!(parsed.methods.get(&key), Some(&packed(&method.signature)), "{key:?}");
            constructors += 1;
        }
        for from in items.conversions(schema, &|_| true).iter().filter(|from| from.starts_with('&')) {
            if from != "&str" {
                let conversion = (packed(from), name.to_owned());
                assert!(parsed.conversions.contains(&conversion), "{conversion:?}");
                conversions += 1;
            }
        }
    }
    assert_eq!(constructors, parsed.methods.len());
    assert_eq!(conversions, parsed.conversions.len());
    assert!(
        fields > 5_000 && constructors > 300 && conversions > 50,
        "{fields} {constructors} {conversions}"
    );
    for id in release.api().operations.iter().map(|(id, _)| id) {
        let function = items.function(id);
        let expected = packed(&format!("({})", function.arguments.join(", ")));
        assert_eq!(parsed.functions.get(&function.path), Some(&expected), "{}", function.path);
    }
}
