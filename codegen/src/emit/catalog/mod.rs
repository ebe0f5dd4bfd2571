//! Emits the tool catalog, in which every operation is a tool, in the `toolcrate-catalog` record format.
//!
//! Each tool is one line in `catalog/tools/<module>.jsonl`. Data shared by several tools is stored once, in other
//! files. A changed tool therefore shows up as one changed line in a diff.

mod alias;
mod argument_plan;
mod describe;
mod emitters;
mod facts;
mod filter;
mod lifecycle;
mod node;
mod output;
mod plan;
mod rules;
mod shape;
mod tool;
mod words;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use toolcrate_catalog::{CatalogFiles, ShapeRecord, ToolRecord};

use super::context::{Context, Files};
use super::rust;
use crate::diagnostic::{CodegenError, Errors};
use emitters::Emitters;

/// The catalog as records and as files.
pub struct EmittedCatalog<'a> {
    /// The tools, by module and name.
    pub tools: BTreeMap<&'a str, BTreeMap<&'a str, ToolRecord<'a>>>,
    /// The shapes, by name.
    pub shapes: BTreeMap<String, ShapeRecord<'a>>,
    /// The data files and the module that includes them.
    pub files: Files,
}

/// Emits the data files and the module that includes them.
pub fn emit<'a>(context: &'a Context<'a>) -> Result<EmittedCatalog<'a>, Errors> {
    let mut errors = Errors(Vec::new());
    let mut emitters = Emitters::new(context)?;
    let bindings = tool::bindings(context)?;
    let mut tools: BTreeMap<&str, BTreeMap<&str, ToolRecord<'a>>> = BTreeMap::new();
    for (index, name) in context.named.operations.iter() {
        match tool::record(context, index, bindings.get(&index), &mut emitters) {
            Ok(record) => {
                tools.entry(&name.module).or_default().insert(&name.tool, record);
            }
            Err(error) => errors.0.push(error.at(&context.api.operations[index].pointer)),
        }
    }
    errors.into_result()?;
    distinguish(&mut tools);
    let shapes = emitters.shapes.records();
    let mut files = Files::new();
    let written = write(context, &tools, &shapes, &emitters)?;
    files.extend(written.into_iter().map(|(path, text)| (format!("catalog/{path}"), text)));
    let path = "src/catalog.rs";
    files.insert(
        path.to_owned(),
        rust::format_file(path, module(tools.keys().copied(), context.profile.in_workspace))?,
    );
    Ok(EmittedCatalog { tools, shapes, files })
}

/// Returns the catalog's files, by path within its folder.
fn write(
    context: &Context<'_>,
    tools: &BTreeMap<&str, BTreeMap<&str, ToolRecord<'_>>>,
    shapes: &BTreeMap<String, ShapeRecord<'_>>,
    emitters: &Emitters<'_>,
) -> Result<BTreeMap<String, String>, Errors> {
    let aliases = alias::records(context)?;
    let mut files = CatalogFiles::new();
    files
        .add_tools(tools.values().flat_map(BTreeMap::values))
        .and_then(|()| files.add_records("shapes", shapes.values().cloned()))
        .and_then(|()| files.add_records("schemas", output::records(context)))
        .and_then(|()| files.add_records("filters", emitters.filters.records().cloned()))
        .and_then(|()| files.add_records("collections", emitters.facts.collections.values().cloned()))
        .and_then(|()| files.add_aliases(&aliases))
        .map_err(|error| CodegenError::new("E030", format!("can't write a record: {error}")))?;
    Ok(files.into_files())
}

/// Adds the operation to the descriptions of tools that would otherwise have the same description.
fn distinguish(tools: &mut BTreeMap<&str, BTreeMap<&str, ToolRecord<'_>>>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for tool in tools.values().flat_map(BTreeMap::values) {
        *counts.entry(tool.description.to_string()).or_default() += 1;
    }
    for tool in tools.values_mut().flat_map(BTreeMap::values_mut) {
        if counts[tool.description.as_ref()] > 1 {
            let call = format!(" ({} {})", tool.http.method, tool.http.path);
            tool.description.to_mut().push_str(&call);
        }
    }
}

/// Returns the module that includes the files. `can_be_packed` is true if the package has the
/// `packed-catalog` feature.
fn module<'a>(modules: impl Iterator<Item = &'a str>, can_be_packed: bool) -> TokenStream {
    let modules = modules.map(|module| {
        let path = format!("../catalog/tools/{module}.jsonl");
        quote!((#module, include_str!(#path)))
    });
    let records = |name: &str| {
        let (index, records) = (format!("../catalog/index/{name}.tsv"), format!("../catalog/{name}.jsonl"));
        quote!(RecordText { index: include_str!(#index), records: include_str!(#records) })
    };
    let [shapes, schemas, filters, collections] =
        ["shapes", "schemas", "filters", "collections"].map(records);
    let text = can_be_packed.then(|| quote!(#[cfg(not(feature = "packed-catalog"))]));
    let packed = can_be_packed.then(|| {
        quote! {
            /// Every operation of the API as a tool.
            #[cfg(feature = "packed-catalog")]
            pub static CATALOG: Catalog =
                Catalog::packed(&crate::API, toolcrate_pack::packed_catalog!("catalog"));
        }
    });
    quote! {
        //! The tools, as data: nothing in it is parsed until a tool is used.

        use toolcrate_runtime::Catalog;
        #text
        use toolcrate_runtime::catalog::{CatalogText, RecordText};

        #packed

        /// Every operation of the API as a tool.
        #text
        pub static CATALOG: Catalog = Catalog::new(&crate::API, TEXT);

        #text
        const TEXT: CatalogText = CatalogText {
            tools: include_str!("../catalog/index/tools.tsv"),
            modules: &[#(#modules),*],
            shapes: #shapes,
            schemas: #schemas,
            filters: #filters,
            collections: #collections,
            aliases: include_str!("../catalog/aliases.jsonl"),
        };
    }
}
